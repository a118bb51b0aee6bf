import type { Node, Scalar } from 'yaml'

/** `<<` without quotes: what stands behind it is merged into the mapping (YAML 1.1, as files have it). */
export function isMergeKey(key: unknown): key is Scalar {
  const { value, type } = (key ?? {}) as Partial<Scalar>
  return value === '<<' && type === 'PLAIN'
}

/** The mappings that a merge names: one, or a list of them. */
export function mergedNodes(
  value: Node | null,
  isSeq: (node: unknown) => node is { items: unknown[] },
): (Node | null)[] {
  return isSeq(value) ? (value.items as (Node | null)[]) : [value]
}
