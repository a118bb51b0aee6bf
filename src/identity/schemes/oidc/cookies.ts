/**
 * Names and texts of cookies. `__Host-`: a browser takes it of this very host alone, by TLS, for all of its paths, so no
 * neighbour can plant one (RFC 6265bis section 4.1.3). Chromium and Firefox count loopback by plain HTTP as safe enough.
 */
export const sessionCookie = (scheme: string) => `__Host-tessera-${scheme}`
/** Tells the browser that set out to sign in. */
export const browserCookie = (scheme: string) => `__Host-tessera-${scheme}-browser`

/** Tells a browser that was sent to `publicUrl` a moment ago. */
export const movedCookie = (scheme: string) => `__Host-tessera-${scheme}-moved`

/** `Set-Cookie`; a cookie of no seconds is taken back. */
export function printCookie(name: string, value: string, seconds: number): string {
  return `${name}=${value}; Max-Age=${Math.max(0, Math.ceil(seconds))}; Path=/; Secure; HttpOnly; SameSite=Lax`
}
