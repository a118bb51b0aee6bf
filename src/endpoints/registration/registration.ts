import type { RegistryClient } from '../../transports/registry-client.ts'

/** What a `register:` says: which kind, and that kind's own settings. Plain data. */
export interface RegistrationTarget {
  /** Name of a registration kind. */
  readonly kind: string
  readonly settings: RegistrationSettings
}

/** What every kind has. */
export interface RegistrationSettings {
  readonly address: string
  /** Where others reach the gateway; undefined: the name of the machine, the port that it listens on. */
  readonly host: string | undefined
  readonly port: number | undefined
  /** Undefined: made of host and port. */
  readonly id: string | undefined
  /** A registry that heard nothing for so long takes the gateway for dead. */
  readonly ttlMs: number
}

/** The gateway, as others find it. */
export interface Self {
  readonly id: string
  readonly host: string
  readonly port: number
  readonly zone: string | undefined
  /** Where its admin listener is; undefined when there is none. */
  readonly admin: { readonly port: number; readonly isTls: boolean } | undefined
}

/** What a kind keeps the gateway registered with. */
export interface Standing {
  readonly client: RegistryClient
  /** Aborted when the gateway leaves. */
  readonly signal: AbortSignal
  /** It is in the registry now. */
  registered(): void
  /** Resolves after `ms`, or when the gateway leaves. */
  pause(ms: number): Promise<void>
}

/** Tells a registry where the gateway is: `register: { consul: … }`. */
export interface RegistrationKind<Settings extends RegistrationSettings = RegistrationSettings> {
  readonly name: string
  readonly summary: string
  /**
   * Registers the gateway and says again and again that it lives. It is begun anew at once when it returns, which is
   * when the registry has lost it, and after a growing pause when it throws.
   */
  keep(settings: Settings, self: Self, standing: Standing): Promise<void>
  /** Takes it out. */
  leave(settings: Settings, self: Self, client: RegistryClient): Promise<void>
}
