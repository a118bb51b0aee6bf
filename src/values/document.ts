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
  [color: string]: unknown
}

/** The members of the context that no color may be named after. */
export const reservedNames = ['request', 'steps', 'item', 'index', 'error'] as const
