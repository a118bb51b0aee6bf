import * as z from 'zod'
import { timeSpan } from '../binding/scalars.ts'
import { isHeaderValue } from '../header-fields.ts'

const dayMs = 86_400_000
const referrerPolicies = [
  'no-referrer',
  'same-origin',
  'strict-origin',
  'strict-origin-when-cross-origin',
  'origin',
  'origin-when-cross-origin',
  'no-referrer-when-downgrade',
  'unsafe-url',
] as const

const keys = z.strictObject({
  hsts: z
    .union([z.literal(false), timeSpan])
    .default(180 * dayMs)
    .describe(
      'Strict-Transport-Security: how long browsers ask by TLS alone. Told only to who came by TLS, to us or to a proxy of `trustedProxies` that says so.',
    ),
  subdomains: z.boolean().default(false).describe('Whether `hsts` holds for all below the host as well.'),
  frame: z
    .union([z.literal(false), z.enum(['deny', 'same-origin'])])
    .default('deny')
    .describe('X-Frame-Options, and `frame-ancestors` of the `csp`: whose pages may show an answer in a frame.'),
  nosniff: z
    .boolean()
    .default(true)
    .describe('X-Content-Type-Options: what an answer is, its Content-Type alone says.'),
  referrer: z
    .union([z.literal(false), z.enum(referrerPolicies)])
    .default('no-referrer')
    .describe('Referrer-Policy: what other sites are told of where somebody came from.'),
  resource: z
    .union([z.literal(false), z.enum(['same-origin', 'same-site', 'cross-origin'])])
    .default('same-origin')
    .describe(
      'Cross-Origin-Resource-Policy: whose pages may load an answer without CORS, as an image or a script. Not of passthroughs.',
    ),
  csp: z
    .union([z.literal(false), z.string().min(1).refine(isHeaderValue, 'it holds what no header can')])
    .optional()
    .describe(
      "Content-Security-Policy; without this key `default-src 'none'` and `frame-ancestors` by `frame`: an answer of data loads nothing. Not of passthroughs.",
    ),
})

/** `securityHeaders:` */
export const securityHeadersShape = z
  .union([z.literal(true), keys])
  .transform((value): z.output<typeof keys> => (value === true ? keys.parse({}) : value))
  .superRefine(({ hsts, subdomains }, context) => {
    if (hsts !== false || !subdomains) return
    context.addIssue({ code: 'custom', path: ['subdomains'], message: 'without `hsts` it has no effect' })
  })
  .meta({
    description: 'Headers that tell browsers to be careful with answers: those that OWASP lists for APIs.',
    examples: [true, { hsts: '365d', frame: 'same-origin' }],
  })

export type SecurityHeadersPolicy = z.output<typeof securityHeadersShape>

const ancestors = { deny: "'none'", 'same-origin': "'self'" } as const
const frameOptions = { deny: 'DENY', 'same-origin': 'SAMEORIGIN' } as const

/** Compiles them, for who came by TLS and for everybody else: names and values in turn. */
export function compileSecurityHeaders(policy: SecurityHeadersPolicy): Record<'plain' | 'secure', readonly string[]> {
  const { hsts, subdomains, frame, nosniff, referrer, resource, csp } = policy
  const ownCsp = frame === false ? "default-src 'none'" : `default-src 'none'; frame-ancestors ${ancestors[frame]}`
  const plain: string[] = []
  if (nosniff) plain.push('x-content-type-options', 'nosniff')
  if (frame !== false) plain.push('x-frame-options', frameOptions[frame])
  if (referrer !== false) plain.push('referrer-policy', referrer)
  if (resource !== false) plain.push('cross-origin-resource-policy', resource)
  if (csp !== false) plain.push('content-security-policy', csp ?? ownCsp)
  if (hsts === false) return { plain, secure: plain }
  const value = `max-age=${Math.ceil(hsts / 1000)}${subdomains ? '; includeSubDomains' : ''}`
  return { plain, secure: [...plain, 'strict-transport-security', value] }
}

/** Those that say what a page is made of, and who may load it: of what a service answers they are the service's affair. */
const ofOwnAnswers: ReadonlySet<string> = new Set(['content-security-policy', 'cross-origin-resource-policy'])
/** Those that an answer may have of its own: then its word holds. */
const yielding: ReadonlySet<string> = new Set([
  ...ofOwnAnswers,
  'referrer-policy',
  'strict-transport-security',
  'x-content-type-options',
  'x-frame-options',
])

/** Adds what every answer carries to the headers of one. @param isPassed whether it is a service's */
export function addForBrowsers(headers: string[], own: readonly string[], isPassed = false): void {
  for (let at = 0; at < own.length; at += 2) {
    const name = own[at]!
    if (yielding.has(name) && ((isPassed && ofOwnAnswers.has(name)) || has(headers, name))) continue
    headers.push(name, own[at + 1]!)
  }
}

function has(headers: readonly string[], name: string): boolean {
  for (let at = 0; at < headers.length; at += 2) {
    const other = headers[at]!
    if (other.length === name.length && other.toLowerCase() === name) return true
  }
  return false
}
