import { ColorProposals } from '../colors.ts'
import { type Draft, Notes, type Surroundings } from '../draft.ts'
import { textOf } from '../foreign.ts'
import { UniqueNames } from '../names.ts'
import { printService, ServiceDrafts } from '../services.ts'
import { readConfiguration } from './config.ts'
import { convertEndpoint } from './endpoint.ts'
import { noteRoot } from './unknowns.ts'

/**
 * A KrakenD configuration (version 3, as JSON data) as routes and services that behave the same. Where KrakenD's
 * documentation leaves something open, its engine lura decides.
 * @throws ImportRefused
 */
export function importKrakend(document: unknown, project: Surroundings): Draft {
  const { root, endpoints } = readConfiguration(document)
  const notes = new Notes()
  const services = new ServiceDrafts()
  const colors = new ColorProposals(project.colors)
  const workshop = { services, colors, notes, files: new UniqueNames() }
  noteRoot(root, notes)
  const seen = new Set<string>()
  const routes = endpoints.flatMap((endpoint) => {
    const shape = `${endpoint.method} ${endpoint.path.replaceAll(/\{[^{}]*\}/g, '{}')}`
    if (seen.has(shape)) {
      notes.add(endpoint.at, 'not imported: an endpoint before it has the same method and path')
      return []
    }
    seen.add(shape)
    return convertEndpoint(endpoint, workshop) ?? []
  })
  const port = typeof root['port'] === 'number' ? root['port'] : 8080
  const address = textOf(root['listen_ip'])
  return {
    routes,
    services: services.all.map((service) => printService(service, ['From a KrakenD configuration.'])),
    colors: colors.entries,
    gateway: { listen: address === undefined ? port : `${address.includes(':') ? `[${address}]` : address}:${port}` },
    notes: notes.all,
  }
}
