import * as z from 'zod'
import { isHeaderName } from '../header-fields.ts'

/** The certificate of a client, which its listener has verified, or a trusted proxy. */
export interface ClientCertificate {
  /** As RFC 4514 writes it: `CN=orders,O=Shop,C=DE`. */
  readonly subject: string
  /** Of its subject alternative names those that name a service: `spiffe://…`, `dns:…`. */
  readonly names: readonly string[]
  /** Milliseconds since the epoch; undefined where nobody says so. */
  readonly expiresMs: number | undefined
}

/** What of a request schemes look at. */
export interface CredentialSource {
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | readonly string[]>>
  readonly certificate?: ClientCertificate | undefined
}

/** A place in a request where a credential may stand. */
export interface CredentialPlace {
  readonly in: 'header' | 'cookie' | 'query'
  readonly name: string
}

/** What a client shows to say who it is. */
export interface Credential {
  readonly text: string
  /** Whether browsers send it by themselves, whoever's page asks. */
  readonly isAmbient: boolean
}

/** `header.authorization`, `cookie.__Host-token`, `query.access_token` */
export function parsePlace(text: string): CredentialPlace | undefined {
  const [, place, name = ''] = /^(header|cookie|query)\.(\S+)$/.exec(text) ?? []
  if (!place || (place === 'header' && !isHeaderName(name))) return undefined
  return { in: place as CredentialPlace['in'], name: place === 'header' ? name.toLowerCase() : name }
}

const place = z
  .string()
  .refine((text) => parsePlace(text) !== undefined, 'not header.x, cookie.x or query.x')
  // Browsers send it by themselves, and many things stand in it.
  .refine((text) => !/^header\.cookie$/i.test(text), 'one cookie is meant: write cookie.NAME')
  .transform((text) => parsePlace(text)!)

/** `from:` of a scheme: where its credential stands, in order. */
export const placesShape = (otherwise: string) =>
  z
    .union([place, z.array(place).min(1)])
    .default([parsePlace(otherwise)!])
    .transform((places): readonly CredentialPlace[] => [places].flat())
    .describe(
      `Where it stands: header.x, cookie.x or query.x; of several the first that is there. ${otherwise} unless given.`,
    )

/** Of the header `authorization` only what comes by the scheme `authScheme` is a credential (RFC 9110 section 11.4). */
export function compileFind(
  places: readonly CredentialPlace[],
  authScheme: string,
  isAmbient = false,
): (request: CredentialSource) => Credential | undefined {
  const finds = places.map((place) => compilePlace(place, authScheme, isAmbient))
  const [only] = finds
  if (only && finds.length === 1) return only
  return (request) => {
    for (const find of finds) {
      const found = find(request)
      if (found) return found
    }
    return undefined
  }
}

function compilePlace({ in: place, name }: CredentialPlace, authScheme: string, isOfBrowsers: boolean) {
  const isAmbient = isOfBrowsers || place === 'cookie'
  const give = (text: string | undefined): Credential | undefined =>
    text === undefined ? undefined : { text, isAmbient }
  if (place === 'cookie') return ({ cookies }: CredentialSource) => give(ownOf(cookies, name))
  if (place === 'query') {
    // More than one is none: nobody can tell which was meant.
    return ({ query }: CredentialSource) => give([ownOf(query, name) ?? []].flat().join(' ') || undefined)
  }
  if (name !== 'authorization') return ({ headers }: CredentialSource) => give(headers[name])
  const prefix = `${authScheme} `
  return ({ headers }: CredentialSource) => {
    const text = headers[name]
    if (text === undefined) return undefined
    const isIts = text.length >= prefix.length && text.slice(0, prefix.length).toLowerCase() === prefix
    return isIts ? give(text.slice(prefix.length)) : text.toLowerCase() === authScheme ? give('') : undefined
  }
}

function ownOf<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}
