import { SmoothTurns } from '../../endpoints/balancers/smooth.ts'
import type { SplitKind } from './chooser.ts'
import { pickByHash } from './rendezvous.ts'
import type { Version } from './version.ts'

/** Each version as often as its weight says. */
export const byWeight: SplitKind = {
  name: 'weight',
  summary: 'Each version as often as its weight says',
  canStick: true,
  readsLoad: false,
  create(versions) {
    const turns = takeTurns(versions)
    return {
      choose: (hash) =>
        hash === undefined ? turns.pick(undefined) : pickByHash(versions, hash, ({ weight }) => weight),
    }
  },
}

/** One after the other, as often as their weights say. */
export function takeTurns(versions: readonly Version[]): SmoothTurns<Version> {
  const turns = new SmoothTurns<Version>()
  turns.update(versions.map((node) => ({ node, weight: node.weight })))
  return turns
}
