import type { ColorDefinition } from '../../binding/color.ts'
import type { Read } from '../../binding/reference.ts'
import type { BoundRoute } from '../../plan/bound-route.ts'
import { producedColors } from '../../plan/bound-route.ts'
import { tracedBehind, traceValues } from '../../plan/traced-values.ts'

/** A pii or secret color whose value a read may get. */
export interface SensitiveValue {
  readonly color: string
  readonly sensitivity: 'pii' | 'secret'
}

/** Follows every sensitive color through a route; gives what finds those behind some reads, assigned ones included. */
export function traceSensitive(
  route: BoundRoute,
  colors: ReadonlyMap<string, ColorDefinition>,
): (reads: readonly Read[]) => SensitiveValue[] {
  const traces = [...new Set(producedColors(route))].flatMap((color) => {
    const sensitivity = colors.get(color)?.sensitivity
    if (sensitivity !== 'pii' && sensitivity !== 'secret') return []
    return [{ value: { color, sensitivity }, traced: traceValues(route, (name) => name === color) }]
  })
  return (reads) =>
    traces
      .filter(({ traced }) => reads.some((read) => tracedBehind(read, traced) !== undefined))
      .map(({ value }) => value)
}
