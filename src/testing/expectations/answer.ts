import { within } from '../../binding/shape.ts'
import { printDuration } from '../../expressions/units.ts'
import { findDifferences } from '../difference.ts'
import type { WantedText } from '../shape.ts'
import type { Expectation, ExpectationContext, Seen } from './expectation.ts'
import { compileWantedText } from './wanted.ts'

export function expectStatus(status: number, { position }: ExpectationContext): Expectation {
  const at = position.source.locateKey([...position.path, 'status'])
  return (seen) => {
    if (seen.status === status) return undefined
    return { at, message: `the status is ${seen.status}${describeFailure(seen)}, not ${status}`, differences: [] }
  }
}

export function expectError(code: string, { position }: ExpectationContext): Expectation {
  const at = position.source.locateKey([...position.path, 'error'])
  return (seen) => {
    const { outcome } = seen
    if (outcome.kind === 'failure' && outcome.error.code === code) return undefined
    const came = outcome.kind === 'failure' ? `the error is ${outcome.error.code}` : `the answer is a ${outcome.status}`
    return { at, message: `${came}, not the error ${code}`, differences: [] }
  }
}

/** Names the error behind a status: ` (timeout in prices)`. */
function describeFailure({ outcome }: Seen): string {
  if (outcome.kind === 'answer') return ''
  const { code, step, faults, cause } = outcome.error
  const where = step === undefined ? '' : ` in ${step}`
  const why = faults?.map((fault) => `${fault.in} ${fault.detail}`).join('; ') ?? (cause ? String(cause) : undefined)
  return ` (${code}${where}${why === undefined ? '' : `: ${why}`})`
}

export function expectHeaders(
  headers: Readonly<Record<string, WantedText>>,
  { position, diagnostics }: ExpectationContext,
): Expectation {
  const at = position.source.locateKey([...position.path, 'headers'])
  const comparisons = Object.entries(headers).map(([name, wanted]) => ({
    name: name.toLowerCase(),
    compare: compileWantedText(wanted, within(position, 'headers', name), diagnostics),
  }))
  return (seen) => {
    const differences = comparisons.flatMap(({ name, compare }) => compare(seen.headers[name], name))
    return differences.length === 0 ? undefined : { at, message: 'the headers differ', differences }
  }
}

export function expectDegraded(steps: readonly string[], context: ExpectationContext): Expectation {
  const { position, steps: known, diagnostics } = context
  const at = position.source.locateKey([...position.path, 'degraded'])
  const named = [...known].filter((name) => !name.includes('@'))
  for (const [index, step] of steps.entries()) {
    if (known.has(step)) continue
    const where = position.source.locate([...position.path, 'degraded', index])
    diagnostics.add('unknown-step', `the route has no step \`${step}\``, where, `its steps are ${named.join(', ')}`)
  }
  const wanted = [...new Set(steps)].sort()
  return ({ outcome }) => {
    const degraded = outcome.kind === 'answer' ? outcome.degraded : []
    const actual = [...new Set(degraded.map(({ step }) => step))].sort()
    const differences = findDifferences(wanted.join(', '), actual.join(', '), 'degraded')
    return differences.length === 0 ? undefined : { at, message: 'other parts are degraded', differences }
  }
}

export function expectWithin(limitMs: number, { position }: ExpectationContext): Expectation {
  const at = position.source.locateKey([...position.path, 'within'])
  return ({ elapsedMs }) => {
    if (elapsedMs <= limitMs) return undefined
    return { at, message: `it took ${printDuration(elapsedMs)}, over ${printDuration(limitMs)}`, differences: [] }
  }
}
