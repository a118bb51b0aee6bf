import { createRandom } from '../world/random.ts'
import type { Trouble } from './trouble.ts'

interface Listener {
  listen(): Promise<void>
  stopListening(): Promise<void>
}

export interface TroubleState {
  readonly current: Trouble
  /** Replaces the trouble there is. */
  order(trouble: Trouble): Promise<void>
  /** The trouble that hits the next request. */
  draw(): Trouble
}

const healthy: Trouble = { mode: 'none' }

/** Keeps a service's current trouble: stops and resumes listening for `refuse`, heals when `for` is over. */
export function createTroubleState(seed: string, listener: Listener): TroubleState {
  const random = createRandom(`trouble ${seed}`)
  let current = healthy
  let healing: NodeJS.Timeout | undefined
  // Orders are carried out one after the other, so that listening and not listening never overlap.
  let last: Promise<void> = Promise.resolve()

  const change = async (trouble: Trouble): Promise<void> => {
    clearTimeout(healing)
    const wasRefusing = current.mode === 'refuse'
    current = trouble
    if (trouble.mode === 'refuse' && !wasRefusing) await listener.stopListening()
    if (trouble.mode !== 'refuse' && wasRefusing) await listener.listen()
    if (trouble.for !== undefined) healing = setTimeout(() => void order(healthy), trouble.for * 1000)
  }
  const order = (trouble: Trouble): Promise<void> => {
    last = last.catch(() => {}).then(() => change(trouble))
    return last
  }
  return {
    get current() {
      return current
    },
    order,
    draw: () => (current.rate === undefined || random.next() < current.rate ? current : healthy),
  }
}
