import { refuse } from '../refusals.ts'
import { defineStage } from '../stage.ts'

/**
 * Refuses what a page of another site sends in its visitor's name. Browsers say of such a request where it comes from, in
 * `Origin` or `Sec-Fetch-Site`; who says neither is no browser, and sends no cookies that he was not given.
 */
export const origin = defineStage({
  name: 'origin',
  on: ['route'],
  open({ origins }) {
    if (!origins) return undefined
    const listed = new Set(origins)
    return (next) => (request, client) => {
      const { origin: from, 'sec-fetch-site': site } = request.parts.headers
      const isOwn = site === undefined ? from === undefined : site === 'same-origin' || site === 'none'
      if (!isOwn && (from === undefined || !listed.has(from))) throw refuse('cross-origin')
      return next(request, client)
    }
  },
})
