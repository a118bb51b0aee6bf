import { type Position, within } from '../../binding/shape.ts'
import type { Location } from '../../diagnostics/diagnostic.ts'
import { reportUncalled } from '../mocks.ts'
import { isCalled } from '../route-calls.ts'
import type { ExpectDefinition } from '../shape.ts'
import type { Expectation, ExpectationContext, Problem, Seen } from './expectation.ts'
import { compileSentRequest, type SentComparison } from './sent-request.ts'

type CallsDefinition = NonNullable<ExpectDefinition['calls']>
type Calls = Seen['calls']

/** Calls of one name: how many, and what each is sent (fewer comparisons than calls: the others are not looked at). */
interface WantedCalls {
  readonly name: string
  readonly at: Location
  readonly count: number
  readonly comparisons: readonly SentComparison[]
}

/** A list wants exactly these calls in this order; a mapping speaks of the calls it names and no others. */
export function expectCalls(definition: CallsDefinition, context: ExpectationContext): Expectation {
  const position = within(context.position, 'calls')
  if (!Array.isArray(definition)) {
    const wanted = Object.entries(definition).map(([name, value]) =>
      bindWanted(name, value, within(position, name), context),
    )
    return ({ calls }) => wanted.map((one) => checkNamed(one, calls)).find((problem) => problem !== undefined)
  }
  const wanted = definition.flatMap((entry, index) => {
    if (typeof entry === 'string') return [bindWanted(entry, 1, within(position, index), context)]
    return Object.entries(entry).map(([name, value]) => bindWanted(name, value, within(position, index, name), context))
  })
  const at = context.position.source.locateKey(position.path)
  return ({ calls }) => checkSequence(wanted, calls, at)
}

type WantedValue = Extract<CallsDefinition, Record<string, unknown>>[string]

function bindWanted(name: string, value: WantedValue, position: Position, context: ExpectationContext): WantedCalls {
  const { calls, diagnostics } = context
  reportUncalled(name, position, calls, diagnostics)
  const at = position.source.locateKey(position.path)
  if (typeof value === 'number') return { name, at, count: value, comparisons: [] }
  const comparisons = Array.isArray(value)
    ? value.map((sent, index) => compileSentRequest(sent, within(position, index), diagnostics))
    : [compileSentRequest(value, position, diagnostics)]
  return { name, at, count: comparisons.length, comparisons }
}

function checkNamed(wanted: WantedCalls, calls: Calls): Problem | undefined {
  const { name, at, count } = wanted
  const named = calls.filter((call) => isCalled(call, name))
  if (named.length !== count) {
    const came = named.length === 0 ? 'never called' : `called ${times(named.length)}`
    return { at, message: `\`${name}\` was ${came}, not ${times(count)}`, differences: [] }
  }
  return checkSent(wanted, named)
}

function checkSequence(wanted: readonly WantedCalls[], calls: Calls, at: Location): Problem | undefined {
  const names = wanted.flatMap(({ name, count }) => Array.from({ length: count }, () => name))
  const fits = names.length === calls.length && names.every((name, index) => isCalled(calls[index]!, name))
  if (!fits) {
    const expected = printSequence(names)
    const actual = printSequence(calls.map(({ operation }) => operation))
    return { at, message: 'other calls were made', differences: [{ where: 'calls', expected, actual }] }
  }
  let first = 0
  for (const one of wanted) {
    const problem = checkSent(one, calls.slice(first, first + one.count))
    if (problem) return problem
    first += one.count
  }
  return undefined
}

function checkSent({ name, at, comparisons }: WantedCalls, calls: Calls): Problem | undefined {
  const differences = comparisons.flatMap((compare, index) => compare(calls[index]!.sent))
  return differences.length === 0 ? undefined : { at, message: `\`${name}\` was sent something else`, differences }
}

function times(count: number): string {
  return count === 0 ? 'never' : count === 1 ? 'once' : `${count} times`
}

/** `users.session, pricing.prices ×2` */
function printSequence(names: readonly string[]): string {
  const runs: { name: string; count: number }[] = []
  for (const name of names) {
    const last = runs.at(-1)
    if (last?.name === name) last.count++
    else runs.push({ name, count: 1 })
  }
  return runs.map(({ name, count }) => (count > 1 ? `${name} ×${count}` : name)).join(', ') || 'none'
}
