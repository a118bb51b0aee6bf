import type { DiagnosticCode } from '../diagnostics/codes.ts'
import type { ServiceTarget } from './service-target.ts'

/** Who may say that a policy holds. */
export type PolicyOwner = 'service' | 'operation' | 'step'

/** What a policy may ask of the operation that it is to stand around. */
export interface PolicyOperation {
  readonly method: string
  /** Whether it may be sent twice: by its method, or by an idempotency key. */
  readonly idempotent: boolean
  /** Whether it changes nothing, so that one answer may serve many. */
  readonly safe: boolean
  /** Whether it goes over HTTP/2 and no other: gRPC. */
  readonly needsHttp2?: boolean
}

/** Why a policy cannot stand around an operation. Where the operation itself asked for it that is a diagnostic. */
export interface Misfit {
  readonly code: DiagnosticCode
  readonly message: string
  readonly help?: string
  /** In a few words, where a service's policy does not hold: `this method is not repeated`. */
  readonly short: string
}

/** What a policy may ask while what somebody wrote is bound, once for each declaration. */
export interface PolicyBinder {
  /** Whose it is: a service's own, or one operation's. */
  readonly service: string
  readonly operation: string | undefined
  /** Every service by its name; not whole where a file could not be read. */
  readonly services: ReadonlyMap<string, ServiceTarget> & { readonly isWhole: boolean }
  /** @param path from the policy's key */
  report(code: DiagnosticCode, message: string, path: readonly string[], help?: string): void
}
