import type { BoundCondition } from '../binding/bind.ts'
import type { Write } from '../binding/reference.ts'
import type { BoundStep } from '../steps/step.ts'
import { areComplements, implies } from './complements.ts'

/** How sure it is that a color is there: on every way, not when an optional step failed, or only on some ways. */
export type Presence = 'always' | 'unless-left-out' | 'sometimes'

/** Who gave a color its value. */
export type Producer = BoundStep | 'request'

/** What is known at one point of a route. */
export interface Knowledge {
  readonly colors: Map<string, Presence>
  /** Who may have written each color last. */
  readonly producers: Map<string, ReadonlySet<Producer>>
  /** Colors of which it is known under which condition they are there, and how sure they are then. */
  readonly conditional: Map<string, { readonly condition: BoundCondition; readonly presence: Presence }>
  /** Other paths than colors that conditions have shown to be there, with dots. */
  readonly proven: Set<string>
  /** Calls that ended, on some way at least. */
  readonly calls: Set<string>
  readonly locals: Set<string>
  /** Colors and calls of steps that run at the same time. */
  readonly contestedColors: Map<string, BoundStep>
  readonly contestedCalls: Set<string>
  /** True behind something that could not be read: it may have written anything. */
  isPartial: boolean
}

/** What is known before the first step: the colors of the request, or of who hands them. */
export function knowInputs(inputs: ReadonlyMap<string, Presence>, giver: Producer = 'request'): Knowledge {
  const request: ReadonlySet<Producer> = new Set([giver])
  return {
    colors: new Map(inputs),
    producers: new Map([...inputs.keys()].map((color) => [color, request])),
    conditional: new Map(),
    proven: new Set(),
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
    conditional: new Map(known.conditional),
    proven: new Set(known.proven),
    calls: new Set(known.calls),
    locals: new Set(known.locals),
    contestedColors: new Map(known.contestedColors),
    contestedCalls: new Set(known.contestedCalls),
    isPartial: known.isPartial,
  }
}

/** A step writes a color; one that may leave it out leaves what was there before. */
export function noteWrite(
  known: Knowledge,
  { color, isCertain = true }: Write,
  producer: BoundStep,
  mayLeaveOut = false,
): void {
  const before = known.colors.get(color)
  const presence = !isCertain ? 'sometimes' : mayLeaveOut ? 'unless-left-out' : 'always'
  known.colors.set(color, before === 'always' ? before : presence)
  known.producers.set(
    color,
    new Set(mayLeaveOut || !isCertain ? [...(known.producers.get(color) ?? []), producer] : [producer]),
  )
  known.contestedColors.delete(color)
  forgetConclusions(known, color)
}

/** A color has another value now: what was concluded of the one before holds no more. */
function forgetConclusions(known: Knowledge, color: string): void {
  known.conditional.delete(color)
  for (const path of known.proven) if (path.startsWith(`${color}.`)) known.proven.delete(path)
  // A condition that is asked again after what it reads was written may have another answer.
  for (const [other, { condition }] of known.conditional) if (reads(condition, color)) known.conditional.delete(other)
}

function reads(condition: BoundCondition, color: string): boolean {
  return condition.reads.some(({ reference }) => {
    if (reference.kind === 'color') return reference.color === color
    if (reference.kind === 'colors') return reference.colors.includes(color)
    return reference.kind === 'everything' || reference.kind === 'step'
  })
}

/** A step that failed may have written a color before. */
export function noteAttemptedWrite(known: Knowledge, color: string, producer: BoundStep): void {
  known.colors.set(color, known.colors.get(color) ?? 'sometimes')
  known.producers.set(color, new Set([...(known.producers.get(color) ?? []), producer]))
}

/** The turn before may have written a color, if there was one. */
export function noteTurnBefore(known: Knowledge, color: string, producer: BoundStep): void {
  noteAttemptedWrite(known, color, producer)
  forgetConclusions(known, color)
}

/** What a condition proves to be there. */
export function narrow(known: Knowledge, proven: readonly string[]): void {
  for (const path of proven) {
    if (known.colors.has(path)) known.colors.set(path, 'always')
    else known.proven.add(path)
  }
}

/** What is there because a condition holds, by its own proof or because it was asked before. */
export function assume(known: Knowledge, condition: BoundCondition): void {
  narrow(known, condition.whenTrue)
  for (const [color, fact] of known.conditional)
    if (implies(condition, fact.condition)) known.colors.set(color, fact.presence)
}

/** What is there because a condition does not hold. */
export function assumeNot(known: Knowledge, condition: BoundCondition): void {
  narrow(known, condition.whenFalse)
  for (const [color, fact] of known.conditional)
    if (areComplements(condition, fact.condition)) known.colors.set(color, fact.presence)
}

/** Behind a part that ran only if a condition held: `ran` is what is known if it did, `passed` if it did not. */
export function mergePassedBy(known: Knowledge, condition: BoundCondition, ran: Knowledge, passed: Knowledge): void {
  const gained = [...ran.colors].filter(([color]) => !passed.colors.has(color))
  mergeWays(known, [ran, passed])
  for (const [color, presence] of gained)
    if (presence !== 'sometimes') known.conditional.set(color, { condition, presence })
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
  const [first, ...others] = ways
  const agreed = [...(first?.conditional ?? [])].filter(([color, fact]) =>
    others.every((way) => way.conditional.get(color) === fact),
  )
  replaceAll(known.conditional, new Map(agreed))
  const shown = [...(first?.proven ?? [])].filter((path) => others.every((way) => way.proven.has(path)))
  known.proven.clear()
  for (const path of shown) known.proven.add(path)
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
