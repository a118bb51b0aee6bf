import type { OpenScheme } from '../identity/open-scheme.ts'
import type { Scheme } from '../identity/scheme.ts'
import type { SignIn } from '../identity/sign-in.ts'
import type { RequestParts } from '../plan/request-parts.ts'
import type { Found, GateScheme } from './authenticate.ts'
import type { Outcome } from './outcome.ts'
import { redirectTo } from './redirect.ts'
import { refuse } from './refusals.ts'
import type { RouteRequest } from './route-request.ts'
import type { Client } from './stage.ts'

/** The schemes of a route by which people sign in. */
export interface People {
  /** Where somebody who is not known may say who he is; undefined where that would help nobody. */
  whereToSignIn(found: Found, isOptional: boolean, request: RouteRequest): SignIn | undefined
  /** The session that a request came by lasts on. */
  goOn(request: RouteRequest, client: Client): void
}

/** Undefined where nobody signs in. */
export function openPeople(
  schemes: readonly Scheme[],
  opened: readonly (OpenScheme | GateScheme)[],
): People | undefined {
  const people = opened.flatMap((scheme, index) => {
    if (!('signIn' in scheme)) return []
    const { signIn } = scheme
    return signIn ? [{ name: schemes[index]!.name, scheme, signIn }] : []
  })
  if (people.length === 0) return undefined
  const byName = new Map(people.map(({ name, signIn }) => [name, signIn]))
  return {
    whereToSignIn(found, isOptional, { parts }) {
      if ((found === undefined && isOptional) || !isNavigation(parts)) return undefined
      // Where something else was refused, he would come back and be refused again, and again.
      const lacks = ({ scheme }: (typeof people)[number]) => {
        const credential = scheme.find(parts)
        if (!credential) return found === undefined
        const verdict = scheme.judge(credential, true)
        return verdict !== undefined && !(verdict instanceof Promise) && verdict.kind === 'denied'
      }
      return people.find(lacks)?.signIn
    },
    goOn({ parts: { identity } }, client) {
      const cookie = identity && byName.get(identity.scheme)?.renew(identity)
      if (cookie !== undefined) client.addHeaders(['set-cookie', cookie])
    },
  }
}

export async function sendTo(signIn: SignIn, { parts }: RouteRequest, { target }: Client): Promise<Outcome> {
  const step = await signIn.begin(target, parts)
  if (step.kind === 'redirect') return redirectTo(step)
  throw refuse('auth-unavailable', undefined, step.retryAfter, step.reason)
}

/**
 * Whether a person waits for this in a window, and can be sent elsewhere without anything being lost: browsers say so
 * (Fetch Metadata); of one that does not, it is what asks for a page.
 */
export function isNavigation({ method, headers }: Pick<RequestParts, 'method' | 'headers'>): boolean {
  if (method !== 'GET') return false
  const mode = headers['sec-fetch-mode']
  return mode === undefined ? /\btext\/html\b/i.test(headers['accept'] ?? '') : mode === 'navigate'
}
