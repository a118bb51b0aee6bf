import type { Path } from '../yaml/source.ts'

/** A call of a route by the name that `steps.` knows, and where it stands. */
export interface StepName {
  readonly name: string
  /** Of what names it: its `id`, or the operation. */
  readonly path: Path
}

/** The calls of a route, in the order of the file; of a text that is half written too. */
export function stepNames(value: unknown, path: Path = []): StepName[] {
  if (typeof value !== 'object' || value === null) return []
  const { id, invoke } = value as { id?: unknown; invoke?: unknown }
  const operation = typeof invoke === 'string' ? /[^.]+$/.exec(invoke)?.[0] : undefined
  const own: StepName[] =
    typeof id === 'string'
      ? [{ name: id, path: [...path, 'id'] }]
      : operation !== undefined
        ? [{ name: operation, path: [...path, 'invoke'] }]
        : []
  const inside = Array.isArray(value)
    ? value.flatMap((item, index) => stepNames(item, [...path, index]))
    : Object.entries(value).flatMap(([key, member]) => stepNames(member, [...path, key]))
  const names = [...(invoke === undefined ? [] : own), ...inside]
  return [...new Map(names.map((one) => [one.name, one])).values()]
}
