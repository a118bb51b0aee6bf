import type { AwaitedSignal } from '../steps/signal.ts'
import { type BoundRoute, everyStep } from './bound-route.ts'

/** The signals that the runs of a route wait for. What one carries has to be right for each step that waits for it. */
export function signalsOf({ body }: BoundRoute): ReadonlyMap<string, AwaitedSignal['check']> {
  const signals = new Map<string, AwaitedSignal['check']>()
  for (const { awaits } of everyStep(body)) {
    if (!awaits) continue
    const { name, check } = awaits
    const others = signals.get(name) ?? (() => [])
    signals.set(name, (sent) => [...new Set([...others(sent), ...check(sent)])])
  }
  return signals
}
