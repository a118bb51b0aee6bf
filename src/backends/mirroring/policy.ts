import type { ServiceTarget } from '../call.ts'

/** Where copies of a call's requests go. */
export interface MirrorPolicy {
  readonly target: ServiceTarget
  /** Whether it was written as a URL, so that no service is behind it. */
  readonly isUrl: boolean
  /** Of the calls, 0..1. */
  readonly share: number
  /** Copies under way at most; one more is dropped. */
  readonly concurrent: number
  /** How long a copy waits for its answer. */
  readonly timeoutMs: number
  /** Whether credentials are copied too: `authorization`, `cookie`, `x-api-key`, a secret color in a header. */
  readonly credentials: boolean
  /** Equal for calls that share the bound. */
  readonly key: string
}

/** A copy was answered (whatever it was), failed, or was dropped because too many were under way. */
export type MirrorResult = 'answered' | 'failed' | 'dropped'
