import type { GatewayError } from '../errors.ts'
import type { WorkBudget, workOf } from './work.ts'

/** Where templates note what they left out of what they made. */
export const leftOut: unique symbol = Symbol('left out')

/** An element that a `$failed: omit` left out. */
export interface LeftOut {
  /** The step whose template it was, or `response`. */
  readonly step: string
  readonly error: GatewayError
}

/**
 * The context of one request as templates, JSONPath and CEL see it: one JSON document whose members are the colors,
 * nested by their dots, and the reserved names. Namespaces of colors (`product` of `product.list`) always exist.
 */
export interface Document {
  request: Record<string, unknown>
  steps: Record<string, unknown>
  item?: unknown
  index?: number
  error?: unknown
  [leftOut]?: LeftOut[]
  /** What the request may still do. */
  [workOf]?: WorkBudget | undefined
  [color: string]: unknown
}

/** The names that no color may begin with: members of the context, and `env`, which expressions read at load. */
export const reservedNames = ['request', 'steps', 'item', 'index', 'error', 'env'] as const
