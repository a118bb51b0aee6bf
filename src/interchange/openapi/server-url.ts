import { type ForeignObject, isObject, listOf, objectOf, textOf } from '../foreign.ts'
import type { OpenApiDocument } from './document.ts'

const unknownServer = 'http://localhost:8080'

/** Where the service runs: the first of the document's servers, its variables at their defaults. */
export function findServer({ root, notes }: OpenApiDocument, documentUrl: string | undefined): string {
  const servers = listOf(root['servers']).filter(isObject)
  const url = clean(servers[0], documentUrl)
  if (url === undefined) notes.add('$.servers', `there is no address of a server; ${unknownServer} stands in for it`)
  if (servers.length > 1) {
    const others = servers.slice(1).map((server) => String(server['url']))
    notes.add('$.servers', `only the first server is taken, not ${others.join(', ')}`)
  }
  return url ?? unknownServer
}

function clean(server: ForeignObject | undefined, documentUrl: string | undefined): string | undefined {
  const variables = objectOf(server?.['variables'])
  const text = (textOf(server?.['url']) ?? '/').replaceAll(/\{([^{}]*)\}/g, (_, name: string) =>
    String(objectOf(variables[name])['default'] ?? ''),
  )
  if (!URL.canParse(text, documentUrl)) return undefined
  const { protocol, origin, pathname } = new URL(text, documentUrl)
  if (protocol !== 'http:' && protocol !== 'https:') return undefined
  return `${origin}${pathname}`.replace(/\/+$/, '')
}
