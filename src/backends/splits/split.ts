import type { GatewayError } from '../../errors.ts'
import { hashText, mix } from '../balancers/hash.ts'
import type { Notify } from '../notice.ts'
import type { Chooser, ChooserOptions } from './chooser.ts'
import { splitKinds } from './index.ts'
import type { SplitPolicy, SplitRule } from './policy.ts'
import { Version } from './version.ts'

interface SplitOptions extends ChooserOptions {
  readonly notify?: Notify
}

const quietMs = 60_000

/** The versions of one service, and whose turn it is. All calls of the service share it. */
export class Split {
  readonly versions: readonly Version[]
  /** Whether the starts and ends of calls have to be told. */
  readonly isWatched: boolean
  /** Who is in one service's canary need not be in every other's. */
  readonly #salt: number
  readonly #chooser: Chooser
  readonly #service: string
  readonly #options: SplitOptions
  /** By the texts of rules, which a reload keeps. */
  readonly #toldAt = new Map<string, number>()

  constructor(service: string, { versions, by }: Pick<SplitPolicy, 'versions' | 'by'>, options: SplitOptions) {
    const kind = splitKinds.get(by)
    if (!kind) throw new Error(`nothing is split by ${by}`)
    this.versions = versions.map(({ name, weight }, index) => new Version(name, index, weight))
    this.isWatched = kind.readsLoad
    this.#service = service
    this.#options = options
    this.#salt = hashText(service)
    this.#chooser = kind.create(
      this.versions.filter(({ weight }) => weight > 0),
      options,
    )
  }

  /**
   * A rule does not hold because it cannot be told whether it does. Every request may have its doubts; operators hear of
   * each rule once a minute.
   */
  tellDoubt({ when, to }: SplitRule, { reason }: GatewayError): void {
    const { clock, notify } = this.#options
    const now = clock.now()
    if (now - (this.#toldAt.get(when) ?? Number.NEGATIVE_INFINITY) < quietMs) return
    this.#toldAt.set(when, now)
    const message = `a rule for the version ${to} does not hold where it cannot be told`
    notify?.({ level: 'warn', message, subject: this.#service, ...(reason !== undefined && { reason }) })
  }

  /** @param hash of what the same version is to be kept for */
  choose(hash: number | undefined): Version {
    return this.#chooser.choose(hash === undefined ? undefined : mix(hash ^ this.#salt))
  }
}
