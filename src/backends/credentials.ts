/** Words of header names that say who somebody is, or prove it. */
const words =
  /(?:^|[-_])(?:auth|authorization|authentication|bearer|cookie|credentials?|jwt|passw(?:or)?d|secret|session|sessionid|sid|token|apikey)(?:$|[-_])|(?:api|access|secret|private|subscription|functions)[-_]?key$/

/**
 * Whether a header, a query parameter or the like is a credential by its name: `authorization`, `cookie`,
 * `proxy-authorization`, `x-api-key`, `x-auth-token`, `x-amz-security-token`. The one list: what is copied to a mirror
 * and what is one client's alone go by it.
 */
export function isCredential(name: string): boolean {
  return words.test(name.toLowerCase())
}
