import type { CredentialSource } from './credential.ts'
import type { Denial, Doubt, Identity } from './identity.ts'

/** Where an issuer sends a browser back to, below `publicUrl`. */
export const callbackPath = '/-/auth/callback'
/** Where people sign out. */
export const signOutPath = '/-/auth/logout'

/** A browser is sent elsewhere. */
export interface Redirect {
  readonly kind: 'redirect'
  readonly location: string
  /** Of `Set-Cookie`. */
  readonly cookies: readonly string[]
}

/** How people sign in by a scheme. Nothing here throws or rejects. */
export interface SignIn {
  /** Sends a browser to where its user says who he is. @param target path and query that it comes back to */
  begin(target: string, request: CredentialSource): Promise<Redirect | Doubt>
  /** The browser has come back; undefined where it set out for another scheme, from another browser, or too long ago. */
  finish(query: string, request: CredentialSource): Promise<Redirect | Denial | Doubt> | undefined
  /** Ends the session of a browser, here and where its user signed in; undefined where it has none. */
  end(request: CredentialSource): Promise<Redirect> | undefined
  /** The cookie that lets a session go on that is being used; undefined while the one before will do. */
  renew(identity: Identity): string | undefined
}
