import type { Scope } from '../../cancellation.ts'
import type { Clock } from '../../clock.ts'
import type { Notify } from '../../telemetry/notice.ts'

export interface CredentialParts {
  readonly clock: Clock
  readonly notify: Notify
}

/** What a service is shown: the value of `authorization`. */
export interface Credentials {
  /** What is at hand. Throws `credentials-unavailable` where there can be none now. */
  now(): string | undefined
  /** What there is as soon as somebody gives it out. Rejects with `credentials-unavailable`, or with the scope's reason. */
  get(scope: Scope): Promise<string>
  /** The service answered 401 to it. Whether it is worth asking for another one. */
  refuse(authorization: string): boolean
}
