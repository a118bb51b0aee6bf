import { hashText, mix } from '../../endpoints/balancers/hash.ts'
import type { GatewayError } from '../../errors.ts'
import type { Notify } from '../../telemetry/notice.ts'
import type { SplitPolicy, SplitRule } from '../service-target.ts'
import type { Chooser, ChooserOptions } from './chooser.ts'
import { splitKinds } from './index.ts'
import { Version } from './version.ts'

interface SplitOptions extends ChooserOptions {
  readonly notify?: Notify
}

/** The versions of one service, and whose turn it is. All calls of the service share it. */
export class Split {
  readonly versions: readonly Version[]
  /** Whether the starts and ends of calls have to be told. */
  readonly isWatched: boolean
  /** Who is in one service's canary need not be in every other's. */
  readonly #salt: number
  readonly #chooser: Chooser
  readonly #service: string
  readonly #notify: Notify
  /** Texts of the rules that operators have heard of. */
  readonly #told = new Set<string>()

  constructor(service: string, { versions, by }: Pick<SplitPolicy, 'versions' | 'by'>, options: SplitOptions) {
    const kind = splitKinds.get(by)
    if (!kind) throw new Error(`nothing is split by ${by}`)
    this.versions = versions.map(({ name, weight }, index) => new Version(name, index, weight))
    this.isWatched = kind.readsLoad
    this.#service = service
    this.#notify = options.notify ?? (() => {})
    this.#salt = hashText(service)
    this.#chooser = kind.create(
      this.versions.filter(({ weight }) => weight > 0),
      options,
    )
  }

  /**
   * A rule does not hold because it cannot be told whether it does. Every request may have its doubts; operators hear of
   * each rule once.
   */
  tellDoubt({ when, to }: SplitRule, { reason }: GatewayError): void {
    if (this.#told.has(when)) return
    this.#told.add(when)
    const message = `a rule for the version ${to} does not hold where it cannot be told`
    this.#notify({ level: 'warn', message, subject: this.#service, ...(reason !== undefined && { reason }) })
  }

  /** @param hash of what the same version is to be kept for */
  choose(hash: number | undefined): Version {
    return this.#chooser.choose(hash === undefined ? undefined : mix(hash ^ this.#salt))
  }
}
