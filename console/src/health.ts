import type { Figures } from '../../src/server/admin/console/figures.ts'

/** How something does: told by a color and a shape, and in words. */
export type Health = 'well' | 'degraded' | 'failing' | 'idle'

export const healthWords: Readonly<Record<Health, string>> = {
  well: 'well',
  degraded: 'degraded',
  failing: 'failing',
  idle: 'no traffic',
}

/** Beyond these shares somebody has to look. */
const failing = 0.05

export function healthOf({ rate, errors }: Figures, degraded = 0): Health {
  if (rate === 0) return 'idle'
  if (errors >= failing) return 'failing'
  return errors > 0 || degraded > 0 ? 'degraded' : 'well'
}
