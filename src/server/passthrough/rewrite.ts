import type { Endpoint } from '../../endpoints/service-endpoints.ts'
import type { PassedPath } from '../../plan/passed-path.ts'

/** How a service's answer names places: by its own host and paths, which clients do not know. */
export interface Translation {
  readonly endpoint: Pick<Endpoint, 'url' | 'prefix' | 'host' | 'isAt'>
  readonly path: PassedPath | undefined
  /** The host that the client asked for. */
  readonly clientHost: string | undefined
}

/**
 * Writes the places in a service's answer back to the client's: `Location` and `Content-Location` that lead to the
 * endpoint, the domain of cookies for its host, and their path. What leads elsewhere stays as it is.
 * @param headers names and values in turn, which are changed in place
 */
export function translatePlaces(headers: string[], translation: Translation): void {
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at]!
    // Few headers are that long, and most answers have none of these.
    if (
      name.length === 8
        ? name.toLowerCase() === 'location'
        : name.length === 16 && name.toLowerCase() === 'content-location'
    )
      headers[at + 1] = translateUrl(headers[at + 1]!, translation)
    else if (name.length === 10 && name.toLowerCase() === 'set-cookie')
      headers[at + 1] = translateCookie(headers[at + 1]!, translation)
  }
}

/** A URL of the endpoint as the path that leads a client there; any other as it is. */
function translateUrl(text: string, translation: Translation): string {
  const { endpoint } = translation
  const isAbsolute = /^[a-z][a-z0-9+.-]*:|^\/\//i.test(text)
  if (!isAbsolute && !text.startsWith('/')) return text
  const url = URL.parse(text, endpoint.url)
  if (!url || !endpoint.isAt(url.origin) || url.username !== '' || url.password !== '') return text
  const end = /[?#]/.exec(text)?.index ?? text.length
  const path = isAbsolute ? url.pathname : text.slice(0, end)
  // One that leads to no path of ours would name the endpoint to somebody who cannot get there: its path is left.
  const translated = (clientPath(path, translation) ?? path) + text.slice(end)
  return leadsAway.test(translated) ? text : translated
}

/** What a browser reads as another host, without a scheme: never made of what was none. */
const leadsAway = /^\/\t*[/\\]/

/** Undefined where no client's path leads there. */
function clientPath(path: string, { endpoint: { prefix }, path: passed }: Translation): string | undefined {
  if (prefix !== '' && path !== prefix && !path.startsWith(`${prefix}/`)) return undefined
  const behind = path.slice(prefix.length) || '/'
  return passed ? passed.forClient(behind) : behind
}

/** A cookie for the client's host: a browser takes none that is for another, and sends none that has another path. */
function translateCookie(text: string, translation: Translation): string {
  const [pair, ...attributes] = text.split(';')
  const kept = attributes.flatMap((attribute) => {
    const equals = attribute.indexOf('=')
    if (equals < 0) return attribute
    const name = attribute.slice(0, equals).trim()
    const value = attribute.slice(equals + 1).trim()
    if (name.toLowerCase() === 'domain') return isForClient(value, translation) ? attribute : []
    if (name.toLowerCase() !== 'path' || !value.startsWith('/')) return attribute
    return ` ${name}=${cookiePath(value, translation)}`
  })
  return [pair, ...kept].join(';')
}

/** Whether a browser that asked for the client's host takes a cookie of this domain (RFC 6265 section 5.1.3). */
function isForClient(domain: string, { endpoint, clientHost = '' }: Translation): boolean {
  const wanted = domain.replace(/^\./, '').toLowerCase()
  const covers = (host: string) => host === wanted || host.endsWith(`.${wanted}`)
  const withoutPort = (host: string) => host.toLowerCase().replace(/:\d*$/, '')
  const own = [new URL(endpoint.url).hostname, withoutPort(endpoint.host)]
  return covers(withoutPort(clientHost)) || !own.some(covers)
}

/** The path under which a client asks for what the service keeps there; all of it where that is not below one. */
function cookiePath(path: string, translation: Translation): string {
  const { endpoint, path: passed } = translation
  if (endpoint.prefix === '' && !passed) return path
  return clientPath(path, translation) ?? '/'
}
