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

/** A route that acts for whom a cookie names says whose pages may send what it takes. */
export const cookiesComeFromListedPages: RouteCheck = (route, { diagnostics }) => {
  const { accepts, acceptsAt, origins } = route
  const format = readsRaw(everyRead(route)) ? 'text' : accepts.find((name) => sentByAnyPage.has(name))
  if (format === undefined || origins || !readsCookie(route)) return
  const message = `any page can send a \`${format}\` here, with its visitor's cookies`
  diagnostics.add('cross-site-body', message, acceptsAt, 'list the sites that may: `origin: [https://app.example.com]`')
}

function readsCookie(route: BoundRoute): boolean {
  const areas = [...route.inputs.map(({ locator }) => areaInRequest(locator)), ...everyRead(route).flatMap(areasOf)]
  return areas.some((area) => cookies.some((cookie) => overlap(area, cookie)))
}
