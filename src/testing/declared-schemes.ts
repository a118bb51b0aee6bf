import type { CredentialSource } from '../identity/credential.ts'
import { Failures } from '../identity/failures.ts'
import { findClaim, identify } from '../identity/identity.ts'
import type { Schemes } from '../identity/open-scheme.ts'
import { VirtualClock } from './virtual-clock.ts'

/** Who a test says that its request is of. */
export interface DeclaredIdentity {
  readonly scheme: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** By the request, which only stages see between here and there. */
const declared = new WeakMap<object, DeclaredIdentity>()

/** Says who a request is of. */
export function declareIdentity(headers: CredentialSource['headers'], identity: DeclaredIdentity): void {
  declared.set(headers, identity)
}

/**
 * Schemes that believe what a test says of its requests: no token is made, and none is looked at. A request of which nothing
 * is said brings no credential.
 */
export const declaredSchemes: Schemes = {
  open({ name, kind, settings }) {
    const { issuer, roles } = settings as { issuer?: string; roles?: string }
    return {
      reads: [],
      find({ headers }) {
        const identity = declared.get(headers)
        return identity?.scheme === name ? { text: JSON.stringify(identity.claims), isAmbient: false } : undefined
      },
      judge({ text }) {
        const claims = JSON.parse(text) as DeclaredIdentity['claims']
        const { exp } = claims
        const expiresMs = typeof exp === 'number' ? exp * 1000 : undefined
        const subject = kind.asks?.(settings).subject
        const sub = subject === undefined ? claims['sub'] : (claims['sub'] ?? findClaim(claims, subject))
        return identify({
          scheme: name,
          issuer,
          claims: sub === undefined ? claims : { ...claims, sub },
          roles,
          expiresMs,
        })
      },
    }
  },
  openFailures: (rate) => new Failures(rate, new VirtualClock()),
}
