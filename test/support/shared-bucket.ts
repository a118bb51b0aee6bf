import { expect } from '@jest/globals'
import { pause, until } from './waiting.ts'

/** Asks for a token; gives whether there was one. */
export type Ask = () => Promise<boolean>

export interface Bucket {
  readonly perSecond: number
  readonly burst: number
  /** What those who share it have told so far: while the store does not answer in time, each counts for itself. */
  told(): readonly string[]
}

/** It was decided somewhen between. */
interface Decision {
  readonly isAllowed: boolean
  readonly sentAt: number
  readonly cameAt: number
}

/** A machine that is slow asks for longer, until it has seen the bucket empty. */
const fewestRefusals = 10

/**
 * Several clients ask one full bucket for so long without a pause; they must get all that it holds and what flows in
 * meanwhile, within 2 %, and no more.
 */
export async function expectOneBucket(bucket: Bucket, clients: readonly Ask[], ms: number): Promise<void> {
  const count = (text: string) => bucket.told().filter((line) => line.includes(text)).length
  const separations = () => count('limits are not shared')
  const decisions = await until(async () => {
    if (separations() > count('limits are shared again')) return void (await Promise.all(clients.map((ask) => ask())))
    await pause(fillMsOf(bucket))
    const before = separations()
    const decided = await drain(clients, ms)
    return separations() === before ? decided : undefined
  }, 'it is shared for a while')
  expectTokens(bucket, decisions)
}

async function drain(clients: readonly Ask[], ms: number): Promise<Decision[]> {
  const decisions: Decision[] = []
  const end = performance.now() + ms
  let refused = 0
  const askOn = async (ask: Ask) => {
    while (performance.now() < end || refused < fewestRefusals) {
      const sentAt = performance.now()
      const isAllowed = await ask()
      if (!isAllowed) refused++
      decisions.push({ isAllowed, sentAt, cameAt: performance.now() })
    }
  }
  await Promise.all(clients.map(askOn))
  return decisions
}

const fillMsOf = ({ perSecond, burst }: Bucket) => (burst / perSecond) * 1000

/**
 * A refusal tells that it was empty: what overflows between two of them, because the machine stood still for longer than
 * the bucket takes to fill, is not expected.
 */
function expectTokens(bucket: Bucket, decisions: readonly Decision[]): void {
  const tokens = (spanMs: number) => (Math.max(0, spanMs) / 1000) * bucket.perSecond
  const allowed = decisions.filter(({ isAllowed }) => isAllowed)
  const from = Math.min(...decisions.map(({ sentAt }) => sentAt))
  const to = Math.max(...decisions.map(({ cameAt }) => cameAt))
  expect(allowed.length).toBeLessThanOrEqual((bucket.burst + tokens(to - from)) * 1.02)

  const refusals = decisions.filter(({ isAllowed }) => !isAllowed)
  const [first, last] = [refusals[0]!, refusals.at(-1)!]
  const overflown = refusals
    .slice(1)
    .map(({ cameAt }, before) => tokens(cameAt - refusals[before]!.sentAt - fillMsOf(bucket)))
  const least = tokens(last.sentAt - first.cameAt) - overflown.reduce((sum, some) => sum + some, 0)
  const allowedSince = allowed.filter(({ cameAt }) => cameAt >= first.sentAt).length
  expect(allowedSince).toBeGreaterThanOrEqual(least * 0.98 - 1)
}
