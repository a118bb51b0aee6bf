import type { BrowsersPolicy } from '../browsers/browsers.ts'
import { type Compression, compileCompression } from '../browsers/coding/compression.ts'
import type { SettableHeaders } from '../browsers/cors.ts'
import { placesOf } from './access.ts'
import type { BoundRoute } from './bound-route.ts'
import { everyRead } from './reads.ts'
import { readsBody, readsRaw, requestPartsRead } from './request-view.ts'
import { findRequestReads } from './route-caching.ts'
import type { RouteSettings } from './route-settings.ts'

/** What no page can set: its browser does, or nobody (the Fetch standard's forbidden request-headers). */
const notOfPages =
  /^(?:accept-(?:charset|encoding)|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|te|trailer|transfer-encoding|upgrade|via|proxy-.*|sec-.*|forwarded|x-forwarded-.*|x-real-ip)$/

const inAdmission = 'request.headers.'

/** The headers that a page may set where nobody says: those that the route reads, to let a request in or to answer it. */
export function settableHeaders(route: BoundRoute): SettableHeaders {
  const { headers, unkeyable } = findRequestReads(route)
  if (unkeyable.some(({ isAllHeaders }) => isAllHeaders)) return 'any'
  const settable = new Set(headers)
  const { limits = [], bulkhead } = route.admission ?? {}
  for (const text of [...limits.flatMap(({ by }) => by), bulkhead?.by ?? '']) {
    if (text.startsWith(inAdmission)) settable.add(text.slice(inAdmission.length).toLowerCase())
  }
  for (const { in: place, name } of placesOf(route.access)) if (place === 'header') settable.add(name)
  for (const { reference } of route.grants?.reads ?? []) {
    if (reference.kind !== 'request' || reference.rest[0] !== 'headers') continue
    const [, name] = reference.rest
    if (typeof name !== 'string') return 'any'
    settable.add(name)
  }
  if (takesBody(route)) settable.add('content-type')
  if (route.etag) settable.add('if-none-match')
  return [...settable].filter((name) => !notOfPages.test(name)).sort()
}

/** One of JSON comes with a type that a page may name only where it is allowed to. */
function takesBody(route: BoundRoute): boolean {
  const reads = everyRead(route)
  return readsBody(requestPartsRead(reads), route.inputs) || readsRaw(reads)
}

/** Undefined where nobody says it. What a cookie tells is a page of somebody: it is compressed where the route says so. */
export function bindCompression(route: BoundRoute): Compression | undefined {
  const { compress, isOwnCompress = false } = route.browsers
  if (!compress) return undefined
  const { headers, unkeyable } = findRequestReads(route)
  const readsCookies = headers.has('cookie') || unkeyable.some(({ isAllHeaders }) => isAllHeaders)
  return compileCompression(compress, isOwnCompress, readsCookies)
}

/** The same of what a service answers: nobody says here which of its answers a cookie tells, so that any may. */
export function compressionOfPassed({ compress, isOwnCompress = false }: BrowsersPolicy): Compression | undefined {
  return compress ? compileCompression(compress, isOwnCompress, true) : undefined
}

/** What holds of browsers for a route: what is said of it, else the gateway's. */
export function bindBrowsers({ cors, compress }: RouteSettings, gateway: BrowsersPolicy): BrowsersPolicy {
  return {
    cors: cors ? (cors.value ?? false) : gateway.cors,
    securityHeaders: gateway.securityHeaders,
    compress: compress ? (compress.value ?? false) : gateway.compress,
    // What is said of all routes is said of none in particular.
    isOwnCompress: compress !== undefined && compress.origin.by !== 'gateway',
  }
}
