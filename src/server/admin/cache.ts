import type { Request } from 'express'
import type { Snapshot } from '../../plan/snapshot.ts'
import type { PurgeTarget } from '../../stores/store.ts'
import type { Serving } from '../lifecycle/serving.ts'
import type { AdminEndpoint } from './endpoint.ts'
import { sendAdminProblem } from './problem.ts'

const forms = 'say ?service=NAME, ?service=NAME&operation=NAME, ?route=NAME, ?key=DIGEST or ?all'

/** `DELETE /cache`: forgets stored answers of a service, an operation, a route, a request, or all of them. */
export function purgeCache(serving: Serving): AdminEndpoint['handle'] {
  return async (request, response) => {
    const target = readTarget(request.query, serving.current.snapshot)
    if (typeof target === 'string') {
      sendAdminProblem(response, target === forms ? 400 : 404, target)
    } else if (await serving.store.purge(target)) {
      serving.logger.info({ ...target }, 'stored answers were purged')
      response.json({ purged: request.query })
    } else {
      sendAdminProblem(response, 503, 'the store could not be asked; what is in it may still be answered')
    }
  }
}

/** What is to be forgotten, or why nothing is: a name that nothing has is a slip. */
function readTarget(query: Request['query'], { callSites, routes }: Snapshot): PurgeTarget | string {
  const { service, operation, route, key, all, reason: _reason, ...others } = query
  const named = [service, route, key, all].filter((value) => value !== undefined)
  if (named.length !== 1 || Object.keys(others).length > 0) return forms
  if (all !== undefined) return { kind: 'all' }
  if (typeof key === 'string') return { kind: 'entry', digest: key }
  if (typeof route === 'string') {
    if (!routes.some(({ name }) => name === route)) return `no route is called ${route}`
    return { kind: 'service', service: '', operation: route }
  }
  if (typeof service !== 'string' || (operation !== undefined && typeof operation !== 'string')) return forms
  const ofService = callSites.filter((site) => site.service.name === service)
  if (ofService.length === 0) return `no route calls a service ${service}`
  if (operation !== undefined && !ofService.some((site) => site.operation === operation)) {
    return `no route calls an operation ${operation} of ${service}`
  }
  return { kind: 'service', service, operation }
}
