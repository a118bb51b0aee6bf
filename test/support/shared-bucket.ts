import { expect } from '@jest/globals'

/** Asks for a token; gives whether there was one. */
export type Ask = () => Promise<boolean>

export interface Bucket {
  readonly perSecond: number
  readonly burst: number
}

/** It was decided somewhen between. */
interface Decision {
  readonly isAllowed: boolean
  readonly sentAt: number
  readonly cameAt: number
}

/**
 * Several clients ask one full bucket for so long without a pause; they must get all that it holds and what flows in
 * meanwhile, within 2 %, and no more. A refusal tells that it was empty: what overflows between two of them, because
 * the machine stood still for longer than the bucket takes to fill, is not expected.
 */
export async function expectOneBucket(
  { perSecond, burst }: Bucket,
  clients: readonly Ask[],
  ms: number,
): Promise<void> {
  const decisions: Decision[] = []
  const end = performance.now() + ms
  const drain = async (ask: Ask) => {
    while (performance.now() < end) {
      const sentAt = performance.now()
      decisions.push({ isAllowed: await ask(), sentAt, cameAt: performance.now() })
    }
  }
  await Promise.all(clients.map(drain))
  const tokens = (spanMs: number) => (Math.max(0, spanMs) / 1000) * perSecond

  const allowed = decisions.filter(({ isAllowed }) => isAllowed)
  const from = Math.min(...decisions.map(({ sentAt }) => sentAt))
  const to = Math.max(...decisions.map(({ cameAt }) => cameAt))
  expect(allowed.length).toBeLessThanOrEqual((burst + tokens(to - from)) * 1.02)

  const refusals = decisions.filter(({ isAllowed }) => !isAllowed)
  expect(refusals.length).toBeGreaterThan(1)
  const [first, last] = [refusals[0]!, refusals.at(-1)!]
  const fillMs = (burst / perSecond) * 1000
  const overflown = refusals.slice(1).map(({ cameAt }, before) => tokens(cameAt - refusals[before]!.sentAt - fillMs))
  const least = tokens(last.sentAt - first.cameAt) - overflown.reduce((sum, some) => sum + some, 0)
  const allowedSince = allowed.filter(({ cameAt }) => cameAt >= first.sentAt).length
  expect(allowedSince).toBeGreaterThanOrEqual(least * 0.98 - 1)
}
