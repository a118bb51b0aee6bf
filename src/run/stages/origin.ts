import { safeMethods } from '../../calls/methods.ts'
import type { RequestParts } from '../../plan/request-parts.ts'
import { refuse } from '../refusals.ts'
import { defineStage } from '../stage.ts'

/**
 * Refuses what a page of another site sends in its visitor's name: where the route lists who may, any of it; where a browser
 * may have sent along what says who asks, what changes something, and upgrades, but of pages that `cors` lets act for their
 * visitors. Browsers say where a request comes from, in `Origin` or `Sec-Fetch-Site`; who says neither is no browser, and
 * sends no cookies that he was not given.
 */
export const origin = defineStage({
  name: 'origin',
  on: ['route', 'proxy'],
  open(route) {
    const origins = route.kind === 'aggregate' ? route.origins : undefined
    if (!origins && !route.access) return undefined
    const listed = new Set(origins)
    const isListed = origins ? (from: string) => listed.has(from) : (route.browsers?.cors?.letsAct ?? nobody)
    return (next) => (request, client) => {
      const { parts } = request
      if ((origins || (request.isAmbient && mayChange(parts))) && !isOwn(parts, isListed)) throw refuse('cross-origin')
      return next(request, client)
    }
  },
})

const nobody = () => false

function mayChange({ method, headers }: RequestParts): boolean {
  return !safeMethods.has(method) || headers['upgrade'] !== undefined
}

/** Whether a request comes from a page of our own, or of a listed origin, or from no page at all. */
export function isOwn({ headers }: Pick<RequestParts, 'headers'>, isListed: (origin: string) => boolean): boolean {
  const { origin: from, 'sec-fetch-site': site, host } = headers
  if (site === undefined ? from === undefined : site === 'same-origin' || site === 'none') return true
  if (from === undefined) return false
  if (isListed(from)) return true
  // The scheme is not looked at: who ends TLS before us has it.
  return site === undefined && URL.canParse(from) && new URL(from).host === host?.toLowerCase()
}
