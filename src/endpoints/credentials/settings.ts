import type { LiveText } from '../../environment.ts'

/** What a service is shown, as its file says. */
export type CredentialSettings = BasicSettings | BearerSettings | OAuth2Settings

export interface BasicSettings {
  readonly kind: 'basic'
  readonly user: string
  readonly password: LiveText
}

export interface BearerSettings {
  readonly kind: 'bearer'
  readonly token: LiveText
}

export interface OAuth2Settings {
  readonly kind: 'oauth2'
  readonly tokenUrl: string
  readonly clientId: string
  /** For `private-key` the key itself (PEM). */
  readonly clientSecret: LiveText
  readonly scopes: readonly string[]
  readonly audience?: string | undefined
  readonly clientAuth: 'basic' | 'post' | 'private-key'
}

/** The same with its name: those with equal `key`s are the same, and have one token. */
export interface CredentialTarget {
  readonly settings: CredentialSettings
  readonly key: string
}
