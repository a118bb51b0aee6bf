import type { Clock } from '../../clock.ts'
import type { Version } from './version.ts'

/** Chooses a version for a call that no rule decides. */
export interface Chooser {
  /** @param hash of what the same version is to be kept for; undefined where there is nothing such */
  choose(hash: number | undefined): Version
}

export interface ChooserOptions {
  readonly clock: Clock
  /** 0 ≤ x < 1. */
  readonly random: () => number
}

export interface SplitKind {
  /** As in `by: weight`. */
  readonly name: string
  readonly summary: string
  /** Whether the same version can be kept for someone. */
  readonly canStick: boolean
  /** Whether the starts and ends of calls have to be told. */
  readonly readsLoad: boolean
  /** `versions`: at least one, each of a weight over 0. */
  create(versions: readonly Version[], options: ChooserOptions): Chooser
}
