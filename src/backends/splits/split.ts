import { hashText, mix } from '../balancers/hash.ts'
import type { Chooser, ChooserOptions } from './chooser.ts'
import { splitKinds } from './index.ts'
import type { SplitPolicy } from './policy.ts'
import { Version } from './version.ts'

/** The versions of one service, and whose turn it is. All calls of the service share it. */
export class Split {
  readonly versions: readonly Version[]
  /** Whether the starts and ends of calls have to be told. */
  readonly isWatched: boolean
  /** Who is in one service's canary need not be in every other's. */
  readonly #salt: number
  readonly #chooser: Chooser

  constructor(service: string, { versions, by }: Pick<SplitPolicy, 'versions' | 'by'>, options: ChooserOptions) {
    const kind = splitKinds.get(by)
    if (!kind) throw new Error(`nothing is split by ${by}`)
    this.versions = versions.map(({ name, weight }, index) => new Version(name, index, weight))
    this.isWatched = kind.readsLoad
    this.#salt = hashText(service)
    this.#chooser = kind.create(
      this.versions.filter(({ weight }) => weight > 0),
      options,
    )
  }

  /** @param hash of what the same version is to be kept for */
  choose(hash: number | undefined): Version {
    return this.#chooser.choose(hash === undefined ? undefined : mix(hash ^ this.#salt))
  }
}
