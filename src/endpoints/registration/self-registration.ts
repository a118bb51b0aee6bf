import type { Clock } from '../../clock.ts'
import { Persistence } from '../../persistence.ts'
import type { Notify } from '../../telemetry/notice.ts'
import { RegistryClient } from '../../transports/registry-client.ts'
import { registrations } from './index.ts'
import type { RegistrationKind, RegistrationTarget, Self } from './registration.ts'

export interface SelfRegistrationOptions {
  readonly clock: Clock
  /** 0 ≤ x < 1. */
  readonly random: () => number
  readonly notify: Notify
}

/** A registry that does not answer must not hold up the end of the gateway. */
const leaveTimeoutMs = 500
/**
 * A registry that comes back gives those it knew the time of a lease to say that they live: whoever asks less often than
 * that, because it failed so long, is forgotten meanwhile.
 */
const longestPauseMs = 30_000
const shortestPauseMs = 500

/** Keeps the gateway in a registry from now until `leave`, through the registry's failures and restarts. */
export class SelfRegistration {
  readonly #target: RegistrationTarget
  readonly #self: Self
  readonly #options: SelfRegistrationOptions
  readonly #kind: RegistrationKind
  readonly #persistence: Persistence
  readonly #kept: Promise<void>
  #isKnown = false

  /** @throws Error for a kind that is not there: the shape checks its name before. */
  constructor(target: RegistrationTarget, self: Self, options: SelfRegistrationOptions) {
    const kind = registrations.get(target.kind)
    if (!kind) throw new Error(`no registration is called ${target.kind}`)
    this.#target = target
    this.#self = self
    this.#options = options
    this.#kind = kind
    const pauseMs = Math.max(shortestPauseMs, target.settings.ttlMs / 3)
    this.#persistence = new Persistence({ ...options, longestPauseMs: Math.min(longestPauseMs, pauseMs) })
    this.#kept = this.#persistence.keep(
      () => this.#keep(),
      (reason) => {
        this.#isKnown = false
        this.#notify('warn', 'the gateway could not register itself', reason)
      },
    )
  }

  /** Takes the gateway out of the registry; resolves with whether it is out, after half a second at most. Never rejects. */
  async leave(): Promise<boolean> {
    this.#persistence.stop()
    await this.#kept
    const signal = AbortSignal.timeout(leaveTimeoutMs)
    const { settings } = this.#target
    const client = new RegistryClient({ address: settings.address, signal })
    try {
      await this.#kind.leave(settings, this.#self, client)
      this.#notify('info', 'the gateway was deregistered')
      return true
    } catch (thrown) {
      this.#notify('warn', 'the gateway could not deregister itself', (thrown as Error).message)
      return false
    } finally {
      await client.close()
    }
  }

  async #keep(): Promise<void> {
    const persistence = this.#persistence
    const { signal } = persistence
    const { settings } = this.#target
    const client = new RegistryClient({ address: settings.address, signal })
    try {
      await this.#kind.keep(settings, this.#self, {
        client,
        signal,
        registered: () => {
          persistence.succeeded()
          if (!this.#isKnown) this.#notify('info', 'the gateway is registered')
          this.#isKnown = true
        },
        pause: (ms) => persistence.pause(ms),
      })
    } finally {
      await client.close()
    }
  }

  #notify(level: 'info' | 'warn', message: string, reason?: string): void {
    const subject = `${this.#kind.name} at ${this.#target.settings.address}`
    this.#options.notify({ level, subject, message, ...(reason !== undefined && { reason }) })
  }
}
