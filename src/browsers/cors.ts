import type { CorsPolicy } from './cors-shape.ts'
import { anyOrigin, compileWildcards } from './origin.ts'

/** What a page may set of the headers of its requests: these, or all. */
export type SettableHeaders = readonly string[] | 'any'

/** What a browser asks before it sends a request for a page. */
export interface Preflight {
  readonly origin: string
  /** `Access-Control-Request-Headers` */
  readonly headers: string | undefined
  /** Those that the path has. */
  readonly methods: () => readonly string[]
}

/** The CORS protocol of a route, compiled. All gives headers, names and values in turn. */
export interface Cors {
  readonly policy: CorsPolicy
  /** As it holds, with what follows from the route. */
  readonly headers: SettableHeaders
  /** Whether pages of an origin may act for their visitors, whose cookies come along. */
  readonly letsAct: (origin: string) => boolean
  /** Of every answer, whatever it is. */
  readonly answer: (origin: string | undefined) => readonly string[]
  /** Of the answer to a preflight: of one that is not let in nothing but what caches have to know. */
  readonly preflight: (asked: Preflight) => string[]
}

/** The gateway's own headers of answers, which a page may read where nothing else is said. */
export const exposedByDefault: readonly string[] = [
  'age',
  'cache-status',
  'etag',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'server-timing',
  'tessera-degraded',
  'www-authenticate',
  'x-request-id',
]

/** Compiles it: what does not depend on the request is made once. */
export function compileCors(policy: CorsPolicy, headers: SettableHeaders): Cors {
  const { origins, credentials, maxAge, expose = exposedByDefault } = policy
  const settable = policy.headers ?? headers
  const isPublic = origins.includes(anyOrigin)
  const allow = (origin: string): string[] => [
    'access-control-allow-origin',
    origin,
    ...(credentials ? ['access-control-allow-credentials', 'true'] : []),
  ]
  const exposed = expose.length > 0 ? ['access-control-expose-headers', expose.join(', ')] : []
  const allowAge = maxAge === undefined ? [] : ['access-control-max-age', String(Math.ceil(maxAge / 1000))]
  // The same for everybody, so that caches need not tell anybody apart.
  const toAll = [...allow(anyOrigin), ...exposed]
  const refused = ['vary', 'Origin']
  const answerTo = (origin: string) => [...refused, ...allow(origin), ...exposed]
  const listed = new Map(origins.map((origin) => [origin, answerTo(origin)]))
  const isBelow = compileWildcards(origins)
  const allows = (origin: string) => isPublic || (listed.has(origin) && !origin.includes('*')) || isBelow(origin)

  return {
    policy,
    headers: settable,
    letsAct: (origin) => credentials && allows(origin),
    answer(origin) {
      if (isPublic) return toAll
      if (origin === undefined || !allows(origin)) return refused
      return listed.get(origin) ?? answerTo(origin)
    },
    preflight({ origin, headers: wanted, methods }) {
      const told = ['vary', 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers']
      if (!allows(origin)) return told
      told.push(...allow(isPublic ? anyOrigin : origin), 'access-control-allow-methods')
      told.push((policy.methods ?? methods()).join(', '))
      const names = settable === 'any' ? cleanNames(wanted) : settable.join(', ')
      if (names !== '') told.push('access-control-allow-headers', names)
      told.push(...allowAge)
      return told
    },
  }
}

const listOfNames = /^[!#$%&'*+.^_`|~0-9a-z-]+(?:[\t ]*,[\t ]*[!#$%&'*+.^_`|~0-9a-z-]+)*$/i

/** What was asked, where it is what browsers send. */
function cleanNames(wanted: string | undefined): string {
  return wanted !== undefined && listOfNames.test(wanted) ? wanted : ''
}
