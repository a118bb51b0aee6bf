import { type ToldFailure, tellFailure } from '../told-failure.ts'
import type { Answer, Failure } from './outcome.ts'

const most = 20

/** What failed in a request that is answered with an error, or without all of its parts; equal failures are counted. */
export function failuresOf(outcome: Answer | Failure): readonly ToldFailure[] {
  const told = new Map<string, ToldFailure>()
  const add = (one: ToldFailure) => {
    const key = JSON.stringify(one)
    const before = told.get(key)
    if (before || told.size < most) told.set(key, before ? { ...before, count: (before.count ?? 1) + 1 } : one)
  }
  const { records } = outcome
  for (const { failure, error, isMoot, isExpected } of records)
    if (failure && error !== 'cancelled' && !isMoot && !isExpected) add(failure)
  const others = outcome.kind === 'failure' ? [{ step: outcome.error.step, error: outcome.error }] : outcome.left
  const isRecorded = new Set<unknown>(records)
  for (const { step, error } of others ?? []) if (!isRecorded.has(error.record)) add(tellFailure(error, step))
  return [...told.values()]
}
