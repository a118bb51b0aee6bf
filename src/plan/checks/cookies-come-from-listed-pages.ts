import { areasOf } from '../../binding/reference.ts'
import { type Area, overlap } from '../../expressions/area.ts'
import { areaInRequest } from '../../operations/locator.ts'
import type { BoundRoute } from '../bound-route.ts'
import { everyRead } from '../reads.ts'
import { readsRaw } from '../request-view.ts'
import type { RouteCheck } from './check.ts'

/** What any page may send anywhere, its visitor's cookies with it, unless a browser holds them back. */
const sentByAnyPage: ReadonlySet<string> = new Set(['form', 'multipart', 'text'])

const cookies: readonly Area[] = [
  ['request', 'cookies'],
  ['request', 'headers', 'cookie'],
]

const bodies: readonly Area[] = [['request', 'body']]

/** A route that acts for whom a cookie names says whose pages may send what it takes. */
export const cookiesComeFromListedPages: RouteCheck = (route, { diagnostics }) => {
  const { accepts, acceptsAt, origins } = route
  if (origins) return
  const format = readsRaw(everyRead(route)) ? 'text' : accepts.find((name) => sentByAnyPage.has(name))
  const sent = format === undefined ? isMovedByNothing(route) && 'POST' : `\`${format}\``
  if (!sent || !readsOf(route, cookies)) return
  const message = `any page can send a ${sent} here, with its visitor's cookies`
  diagnostics.add('cross-site-body', message, acceptsAt, 'list the sites that may: `origin: [https://app.example.com]`')
}

/** A POST of which no body is read is answered whatever its body is, so none of its own makes a browser ask before. */
function isMovedByNothing(route: BoundRoute): boolean {
  return route.match.method === 'POST' && !readsOf(route, bodies)
}

function readsOf(route: BoundRoute, parts: readonly Area[]): boolean {
  const areas = [...route.inputs.map(({ locator }) => areaInRequest(locator)), ...everyRead(route).flatMap(areasOf)]
  return areas.some((area) => parts.some((part) => overlap(area, part)))
}
