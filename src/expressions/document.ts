import type { GatewayError } from '../errors.ts'
import type { WorkBudget, workOf } from './work.ts'

/** Where templates note what they left out of what they made. */
export const leftOut: unique symbol = Symbol('left out')

/** Where templates tell what is no fault and worth knowing. */
export const eventsOf: unique symbol = Symbol('events')

/** Whose claims a context holds, so that what is kept by them is kept for one issuer's users alone. */
export const ownerOfClaims: unique symbol = Symbol('owner of claims')

export interface Events {
  /** Whether anybody listens. */
  readonly sampled: boolean
  event(name: string, attributes: Record<string, string>): void
}

/** An element that a `$failed: omit` left out. */
export interface LeftOut {
  /** The step whose template it was, or `response`. */
  readonly step: string
  readonly error: GatewayError
  /** Whether something stood in for it; skipped unless said. */
  readonly source?: 'fallback' | 'skipped'
}

/**
 * The context of one request as templates, JSONPath and CEL see it: one JSON document whose members are the colors,
 * nested by their dots, and the reserved names. Namespaces of colors (`product` of `product.list`) always exist.
 */
export interface Document {
  request: Record<string, unknown>
  steps: Record<string, unknown>
  /** Of who asks, where a scheme has told and something reads it. */
  claims?: unknown
  auth?: unknown
  item?: unknown
  index?: number
  error?: unknown
  [leftOut]?: LeftOut[]
  [eventsOf]?: Events
  [ownerOfClaims]?: string
  /** What the request may still do. */
  [workOf]?: WorkBudget | undefined
  [color: string]: unknown
}

/** A context of its own has the same one asking. */
export function shareIdentity(from: Document, to: Document): void {
  const { claims, auth, [ownerOfClaims]: owner } = from
  if (owner === undefined) return
  if (claims !== undefined) to.claims = claims
  if (auth !== undefined) to.auth = auth
  to[ownerOfClaims] = owner
}

/** The names that no color may begin with: members of the context, and `env`, which expressions read at load. */
export const reservedNames = ['request', 'claims', 'auth', 'steps', 'item', 'index', 'error', 'env'] as const

/** Besides these, what is to be a member of the context one day, and the words that CEL keeps for itself. */
const keptNames: ReadonlySet<string> = new Set([
  ...['callback', 'true', 'false', 'null', 'in'],
  ...['as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop'],
  ...['package', 'namespace', 'return', 'var', 'void', 'while'],
])

/** Whether no color may begin with it. */
export function isReserved(name: string): boolean {
  return (reservedNames as readonly string[]).includes(name) || keptNames.has(name)
}
