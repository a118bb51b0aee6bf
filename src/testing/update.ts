import { setMembers } from '../yaml/edit.ts'
import { findDifferences } from './difference.ts'
import type { Seen } from './expectations/expectation.ts'
import type { TestResult } from './run-test.ts'
import type { TestExchange, TestSuite } from './suite.ts'

/**
 * The text of a test file with what was answered written into it: the `body` of an `expect` that says nothing of the
 * body (neither `body` nor `match`), or another one; `status` and `body` of a test that expects nothing. A test whose
 * calls were not all answered is left alone. The same text when there is nothing to write.
 */
export function writeSnapshots(suite: TestSuite, results: readonly TestResult[]): string {
  let { text } = suite.source
  for (const { test, seen } of results) {
    const { exchanges } = test
    if (seen.length < exchanges.length) continue
    const isBlank = exchanges.every(({ expectations }) => expectations.length === 0)
    for (const [index, exchange] of exchanges.entries()) {
      const isLast = index === exchanges.length - 1
      const members = snapshotOf(exchange, seen[index]!, isBlank && isLast)
      if (members) text = setMembers(text, [...exchange.position.path, 'expect'], members)
    }
  }
  return text
}

function snapshotOf(
  { position }: TestExchange,
  seen: Seen,
  expectsNothing: boolean,
): Record<string, unknown> | undefined {
  const body = seen.body ?? null
  if (expectsNothing) return { status: seen.status, body }
  const expected = position.source.valueAt([...position.path, 'expect']) as Record<string, unknown> | null | undefined
  if (!expected || Object.keys(expected).length === 0) return undefined
  if (!Object.hasOwn(expected, 'body')) return Object.hasOwn(expected, 'match') ? undefined : { body }
  return findDifferences(expected['body'], body).length === 0 ? undefined : { body }
}
