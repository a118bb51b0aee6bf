import { takeTurns } from './by-weight.ts'
import type { SplitKind } from './chooser.ts'
import type { Version } from './version.ts'

/** The version with the fewest calls under way for its weight; of equal ones the one whose turn it is. */
export const byLoad: SplitKind = {
  name: 'load',
  summary: 'The version with the fewest calls under way for its weight',
  canStick: false,
  readsLoad: true,
  create(versions) {
    const turns = takeTurns(versions)
    return {
      choose() {
        let least = turns.pick(undefined)
        for (const version of versions) if (loadOf(version) < loadOf(least)) least = version
        return least
      },
    }
  },
}

const loadOf = ({ load, weight }: Version) => load.inFlight / weight
