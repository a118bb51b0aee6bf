import { expect } from '@jest/globals'

/** Asks for a token; gives whether there was one. */
export type Ask = () => Promise<boolean>

export interface Bucket {
  readonly perSecond: number
  readonly burst: number
}

/**
 * Several clients ask one full bucket for so long without a pause; they must get all that it holds and what flows in
 * meanwhile, within 2 %, and no more. When exactly an answer was decided is known from when it was asked for and when
 * it came. Only what overflows while the machine stands still, as long as the bucket takes to fill, is not expected.
 */
export async function expectOneBucket(
  { perSecond, burst }: Bucket,
  clients: readonly Ask[],
  ms: number,
): Promise<void> {
  const fillMs = (burst / perSecond) * 1000
  let allowed = 0
  let overflowMs = 0
  let first: { sentAt: number; cameAt: number } | undefined
  let lastSentAt = performance.now()
  const askOnce = async (ask: Ask) => {
    const sentAt = performance.now()
    const isAllowed = await ask()
    const cameAt = performance.now()
    first ??= { sentAt, cameAt }
    overflowMs += Math.max(0, cameAt - lastSentAt - fillMs)
    lastSentAt = sentAt
    if (isAllowed) allowed += 1
    return { isAllowed, sentAt, cameAt }
  }
  const end = performance.now() + ms
  const drain = async (ask: Ask) => {
    while (performance.now() < end) await askOnce(ask)
  }
  await Promise.all(clients.map(drain))
  // Until it is empty, so that nothing is left that nobody asked for.
  let last = await askOnce(clients[0]!)
  while (last.isAllowed) last = await askOnce(clients[0]!)
  const inflow = (fromAt: number, toAt: number) => ((toAt - fromAt) / 1000) * perSecond
  const least = burst + inflow(first!.cameAt, last.sentAt) - (overflowMs / 1000) * perSecond
  const most = burst + inflow(first!.sentAt, last.cameAt)
  expect(allowed).toBeGreaterThanOrEqual(least * 0.98)
  expect(allowed).toBeLessThanOrEqual(most * 1.02)
}
