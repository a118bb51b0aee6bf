import { Scope } from '../../cancellation.ts'
import type { Clock, Timer } from '../../clock.ts'
import { GatewayError } from '../../errors.ts'
import type { Channel } from '../../transports/transport.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { HealthPolicy } from './policy.ts'

export interface CheckOptions {
  readonly clock: Clock
  /** 0 ≤ x < 1. */
  readonly random: () => number
  readonly policy: HealthPolicy
  /** Its own, so that checks neither wait behind calls nor take a connection from them. */
  readonly channel: Channel
  /** What is shown. */
  readonly credentials?: Credentials | undefined
  /** Goes before the path. */
  readonly prefix: string
  /** So many checks in a row said the same as the policy asks for; told again with every further one. */
  readonly onVerdict: (isWell: boolean) => void
}

/** An answer to a check is looked at by its status alone. */
const maxAnswerBytes = 1024 * 1024
/** Checks of many endpoints and gateways spread: each wait is up to a tenth shorter or longer. */
const jitter = 0.1

/** Asks one endpoint again and again whether it is well: any status of 200 to 299 in time says so. */
export class HealthCheck {
  readonly #options: CheckOptions
  #streak = 0
  #wasGood: boolean | undefined
  #timer: Timer | undefined
  #scope: Scope | undefined
  #isClosed = false

  constructor(options: CheckOptions) {
    this.#options = options
    this.#wait(options.random() * options.policy.everyMs)
  }

  /** What was seen so far no longer counts. */
  beginAnew(): void {
    this.#streak = 0
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#scope?.cancel(new GatewayError('cancelled'))
    await this.#options.channel.close()
  }

  #wait(ms: number): void {
    this.#timer = this.#options.clock.schedule(ms, () => void this.#check())
  }

  async #check(): Promise<void> {
    const { policy, random, onVerdict } = this.#options
    const isGood = await this.#ask()
    if (this.#isClosed) return
    if (isGood !== undefined) {
      this.#streak = isGood === this.#wasGood ? this.#streak + 1 : 1
      this.#wasGood = isGood
      if (this.#streak >= (isGood ? policy.healthy : policy.unhealthy)) onVerdict(isGood)
    }
    this.#wait(policy.everyMs * (1 + jitter * (2 * random() - 1)))
  }

  /** Undefined where it could not be asked, for want of what it is shown. */
  async #ask(): Promise<boolean | undefined> {
    const { clock, policy, channel, prefix, credentials } = this.#options
    const scope = new Scope()
    this.#scope = scope
    const timer = clock.schedule(policy.timeoutMs, () => scope.cancel(new GatewayError('timeout')))
    const headers = ['accept', '*/*', 'user-agent', 'tessera-health']
    const request = {
      method: 'GET',
      path: prefix + policy.path,
      headers,
      body: undefined,
      mayRepeat: true,
      timeLeftMs: policy.timeoutMs,
    }
    try {
      const authorization = credentials && (credentials.now() ?? (await credentials.get(scope)))
      if (authorization !== undefined) headers.push('authorization', authorization)
      const { status } = await channel.send({ ...request, maxResponseBytes: maxAnswerBytes }, scope)
      if (status === 401 && authorization !== undefined) credentials!.refuse(authorization)
      return status >= 200 && status < 300
    } catch (thrown) {
      return (thrown as GatewayError).code === 'credentials-unavailable' ? undefined : false
    } finally {
      timer.cancel()
    }
  }
}
