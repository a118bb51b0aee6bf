import { isHeaderName, whyReserved } from '../../header-fields.ts'
import type { ForeignObject } from '../foreign.ts'
import { isUnsafeKey, listOf, objectOf, textsOf } from '../foreign.ts'
import { nameOperation } from '../names.ts'
import { addOperation, type OperationDraft, type ServiceDraft } from '../services.ts'
import { printPath } from '../template.ts'
import type { Backend, Endpoint } from './config.ts'
import type { RenderedUrl } from './url-pattern.ts'

const methods = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'])
/** What of the client's request reaches one backend. */
export interface Forwarded {
  readonly headers: readonly string[]
  readonly query: readonly string[]
}

/**
 * What KrakenD lets through: the endpoint's lists, cut to the backend's where that has some. Where the client came from
 * is added to every call that does not choose its headers.
 */
export function listForwarded(endpoint: Endpoint, backend: Backend): Forwarded {
  const own = textsOf(backend.value['input_headers']).map((name) => name.toLowerCase())
  const ownQuery = textsOf(backend.value['input_query_strings'])
  const offered = [
    ...new Set([...endpoint.headers.map((name) => name.toLowerCase()), 'x-forwarded-for', 'x-forwarded-host']),
  ]
  const headers = offered.filter((name) => canForward(name) && (own.length === 0 || own.includes(name)))
  const query = [...new Set(endpoint.query)].filter(
    (name) => name !== '*' && (ownQuery.length === 0 || ownQuery.includes(name)),
  )
  return { headers: headers.sort(), query: query.sort() }
}

export function canSend(method: string): boolean {
  return methods.has(method)
}

/** Adds the operation that makes the backend's call; gives `service.operation`. */
export function addCall(
  service: ServiceDraft,
  backend: Backend,
  url: RenderedUrl,
  forwarded: Forwarded,
  queryColors: ReadonlyMap<string, string>,
): string {
  const isBodyless = backend.method === 'GET' || backend.method === 'HEAD'
  const query = forwarded.query.flatMap((name) => {
    const color = queryColors.get(name)
    return color === undefined ? [] : [[`${color}?`, `query.${name}`]]
  })
  const inputs = { ...url.in, ...Object.fromEntries(query) }
  const breaker = readBreaker(backend.extra)
  const operation: OperationDraft = {
    [backend.method.toLowerCase()]: url.path,
    ...(Object.keys(inputs).length > 0 && { in: inputs }),
    ...(forwarded.headers.length > 0 && {
      headers: Object.fromEntries(forwarded.headers.map((name) => [name, readHeader(name)])),
    }),
    ...(!isBodyless && { body: '$.request.body' }),
    ok: [200, 201],
    ...(breaker && { breaker }),
  }
  const name = nameOperation(backend.method, backend.urlPattern.replaceAll(/\{resp\d+_/g, '{'))
  return `${service.name}.${addOperation(service, name, operation)}`
}

function canForward(name: string): boolean {
  if (name === '*' || name === 'content-type' || isUnsafeKey(name)) return false
  return isHeaderName(name) && whyReserved(name, 'request') === undefined
}

function readHeader(name: string): string {
  if (name === 'x-forwarded-for') return '$.request.ip'
  return printPath(['request', 'headers', name === 'x-forwarded-host' ? 'host' : name])
}

/** KrakenD counts errors in a row, ours a share: all of the last `max_errors` or more calls. */
function readBreaker(extra: ForeignObject): ForeignObject | undefined {
  const { interval, timeout, max_errors: maxErrors } = objectOf(extra['qos/circuit-breaker'])
  if (typeof maxErrors !== 'number' || typeof interval !== 'number' || typeof timeout !== 'number') return undefined
  return {
    errorRate: '100%',
    window: `${Math.max(1, interval)}s`,
    minCalls: Math.max(1, Math.floor(maxErrors)),
    open: `${Math.max(1, timeout)}s`,
  }
}

/** The URLs of a backend's hosts; undefined when one is none. */
export function cleanHosts({ hosts }: Backend): string[] | undefined {
  const urls = hosts.map((host) => (/^https?:\/\//.test(host) ? host : `http://${host}`).replace(/\/+$/, ''))
  const isRight = (text: string) => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    return url !== undefined && url.hostname !== '' && !url.username && !url.search && !url.hash
  }
  return urls.length > 0 && urls.every(isRight) ? urls : undefined
}

/** Whether a list names everything. */
export function namesEverything(list: unknown): boolean {
  return listOf(list).includes('*')
}
