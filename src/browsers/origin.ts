import * as z from 'zod'

/** As browsers write it (RFC 6454 section 6.2): anything else would match nothing. */
function isAsSent(origin: string): boolean {
  // What is none at all has been told of.
  if (!form.test(origin)) return true
  return !origin.includes('*') && URL.canParse(origin) && new URL(origin).origin === origin.toLowerCase()
}

const form = /^https?:\/\/[^/?#\s]+$/
const formHelp = 'write an origin as https://app.example.com'

/** The origin of a page: `https://app.example.com`. */
export const originShape = z
  .string()
  .regex(form, formHelp)
  .refine(isAsSent, 'browsers never send this: no wildcards, and no port that is the usual one')
  .toLowerCase()

/** All of them. */
export const anyOrigin = '*'
const wildcard = /^https?:\/\/\*\./i

/** An origin, all below a domain (`https://*.example.com`), or `*`. */
export const originsShape = z
  .string()
  .refine((text) => text === anyOrigin || form.test(text), {
    message: `${formHelp}, https://*.example.com or *`,
    abort: true,
  })
  .refine(
    (text) => text === anyOrigin || isAsSent(text.replace(wildcard, (start) => start.replace('*', 'a'))),
    'browsers never send this: a wildcard is the whole of the first label, and no port is the usual one',
  )
  .toLowerCase()

/** One label of a domain or more. */
const labels = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/

/** Compiles which origins of the form `https://*.example.com` are meant: one label or more, of the same scheme and port. */
export function compileWildcards(origins: readonly string[]): (origin: string) => boolean {
  const ends = origins
    .filter((origin) => wildcard.test(origin))
    .map((origin) => {
      const at = origin.indexOf('*')
      return { scheme: origin.slice(0, at), domain: origin.slice(at + 1) }
    })
  return (origin) =>
    ends.some(
      ({ scheme, domain }) =>
        origin.startsWith(scheme) &&
        origin.endsWith(domain) &&
        labels.test(origin.slice(scheme.length, Math.max(scheme.length, origin.length - domain.length))),
    )
}
