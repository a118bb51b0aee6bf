/** What proxies and authenticators in front say of a client: of anybody else it is a forgery. */
const namesOfProxies = /^(?:forwarded$|x-(?:forwarded-|real-ip$|envoy-|auth-request-|amzn-oidc-|ms-client-principal))/i

/**
 * Whether a header is one that only a trusted proxy may send. Names with `_` are: many a backend reads them as those
 * with `-` (CGI's `HTTP_X_FORWARDED_FOR`).
 */
export function isOfProxies(name: string): boolean {
  const first = name.charCodeAt(0) | 0x20
  // x or f
  if ((first === 0x78 || first === 0x66) && namesOfProxies.test(name)) return true
  return name.includes('_')
}

const ofCaller: ReadonlySet<string> = new Set(['host', 'origin', 'sec-fetch-site', 'user-agent'])

/** Whether a header says where a call comes from, and from whom: the request that brings it says so, and no model. */
export function isOfCaller(header: string): boolean {
  return ofCaller.has(header) || isOfProxies(header)
}
