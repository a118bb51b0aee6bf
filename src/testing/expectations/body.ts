import { within } from '../../binding/shape.ts'
import { compilePath } from '../../expressions/path.ts'
import { enter } from '../../expressions/work.ts'
import { findDifferences } from '../difference.ts'
import type { Expectation, ExpectationContext } from './expectation.ts'
import { compileWanted } from './wanted.ts'

/** The whole body; null is none. */
export function expectBody(body: unknown, { position }: ExpectationContext): Expectation {
  const at = position.source.locateKey([...position.path, 'body'])
  return (seen) => {
    const differences = findDifferences(body, seen.body ?? null)
    return differences.length === 0 ? undefined : { at, message: 'the body differs', differences }
  }
}

/** The parts of a page that goes out in parts, in their order. */
export function expectParts(wanted: readonly string[], { position }: ExpectationContext): Expectation {
  const at = position.source.locateKey([...position.path, 'parts'])
  return ({ parts }) => {
    if (!parts) return { at, message: 'the page came as a whole: it has to be asked for by `accept`', differences: [] }
    const differences = findDifferences(wanted.join(', '), parts.join(', '), 'parts')
    return differences.length === 0 ? undefined : { at, message: 'the parts differ', differences }
  }
}

/** What a JSONPath finds in the body: a singular one its value, any other a list. */
export function expectMatch(query: string, wanted: unknown, context: ExpectationContext): Expectation {
  const { position, diagnostics } = context
  const here = within(position, 'match', query)
  const at = here.source.locateKey(here.path)
  const path = compilePath(query)
  if ('code' in path) {
    diagnostics.add(path.code, path.message, at, path.help)
    return () => undefined
  }
  const compare = compileWanted(wanted, here, diagnostics)
  return (seen) => {
    // What a test asks is no work of the request that it looks at.
    enter(undefined)
    const differences = compare(path.evaluate(seen.body), query)
    return differences.length === 0 ? undefined : { at, message: `\`${query}\` differs`, differences }
  }
}
