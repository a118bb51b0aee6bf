import type { Write } from '../language/reference.ts'
import type { BoundStep } from '../steps/step.ts'

/** How sure it is that a color is there: on every way, not when an optional step failed, or only on some ways. */
export type Presence = 'always' | 'unless-left-out' | 'sometimes'

/** Who gave a color its value. */
export type Producer = BoundStep | 'request'

/** What is known at one point of a route. */
export interface Knowledge {
  readonly colors: Map<string, Presence>
  /** Who may have written each color last. */
  readonly producers: Map<string, ReadonlySet<Producer>>
  /** Calls that ended, on some way at least. */
  readonly calls: Set<string>
  readonly locals: Set<string>
  /** Colors and calls of steps that run at the same time. */
  readonly contestedColors: Map<string, BoundStep>
  readonly contestedCalls: Set<string>
  /** True behind something that could not be read: it may have written anything. */
  isPartial: boolean
}

/** What is known before the first step: the colors of the request. */
export function knowInputs(inputs: ReadonlyMap<string, Presence>): Knowledge {
  const request: ReadonlySet<Producer> = new Set(['request'] as const)
  return {
    colors: new Map(inputs),
    producers: new Map([...inputs.keys()].map((color) => [color, request])),
    calls: new Set(),
    locals: new Set(),
    contestedColors: new Map(),
    contestedCalls: new Set(),
    isPartial: false,
  }
}

export function copyKnowledge(known: Knowledge): Knowledge {
  return {
    colors: new Map(known.colors),
    producers: new Map(known.producers),
    calls: new Set(known.calls),
    locals: new Set(known.locals),
    contestedColors: new Map(known.contestedColors),
    contestedCalls: new Set(known.contestedCalls),
    isPartial: known.isPartial,
  }
}

/** A step writes a color; one that may leave it out leaves what was there before. */
export function noteWrite(known: Knowledge, { color }: Write, producer: BoundStep, mayLeaveOut = false): void {
  const before = known.colors.get(color)
  known.colors.set(color, mayLeaveOut && before !== 'always' ? 'unless-left-out' : 'always')
  known.producers.set(color, new Set(mayLeaveOut ? [...(known.producers.get(color) ?? []), producer] : [producer]))
  known.contestedColors.delete(color)
}

/** A step that failed may have written a color before. */
export function noteAttemptedWrite(known: Knowledge, color: string, producer: BoundStep): void {
  known.colors.set(color, known.colors.get(color) ?? 'sometimes')
  known.producers.set(color, new Set([...(known.producers.get(color) ?? []), producer]))
}

/** What a condition proves to be there. */
export function narrow(known: Knowledge, proven: readonly string[]): void {
  for (const color of proven) if (known.colors.has(color)) known.colors.set(color, 'always')
}

/** Behind several ways a color is as sure as on the least sure of them. */
export function mergeWays(known: Knowledge, ways: readonly Knowledge[]): void {
  const colors = new Map<string, Presence>()
  const producers = new Map<string, ReadonlySet<Producer>>()
  for (const color of new Set(ways.flatMap((way) => [...way.colors.keys()]))) {
    const presences = ways.map((way) => way.colors.get(color))
    colors.set(
      color,
      presences.every((presence) => presence === 'always')
        ? 'always'
        : presences.every((presence) => presence === 'always' || presence === 'unless-left-out')
          ? 'unless-left-out'
          : 'sometimes',
    )
    producers.set(color, mergeProducers(ways.map((way) => way.producers.get(color))))
  }
  replaceAll(known.colors, colors)
  replaceAll(known.producers, producers)
  for (const way of ways) for (const call of way.calls) known.calls.add(call)
  known.isPartial = ways.some((way) => way.isPartial)
}

function mergeProducers(ways: readonly (ReadonlySet<Producer> | undefined)[]): ReadonlySet<Producer> {
  const [first, ...others] = ways.filter((way) => way !== undefined)
  if (first && others.every((way) => way === first)) return first
  return new Set(ways.flatMap((way) => [...(way ?? [])]))
}

function replaceAll<Key, Value>(map: Map<Key, Value>, next: ReadonlyMap<Key, Value>): void {
  map.clear()
  for (const [key, value] of next) map.set(key, value)
}
