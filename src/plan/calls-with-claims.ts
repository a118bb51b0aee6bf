import { areasOf, type Read } from '../binding/reference.ts'
import type { CallSite } from '../calls/policy.ts'
import { ownerOfClaims } from '../expressions/document.ts'
import { callsBeside } from '../steps/step-call.ts'
import { type BoundRoute, everyStep } from './bound-route.ts'
import { everyRead } from './reads.ts'
import { isOfWhoAsks } from './request-view.ts'
import { tracedBehind, traceValues } from './traced-values.ts'

/** The calls whose requests hold something of who asks: all where claims are read at will, else those that colors of them reach. */
export function callsWithClaims(route: BoundRoute): ReadonlySet<CallSite> {
  if (!route.access) return new Set()
  const readsClaims = everyRead(route).some(readsWhoAsks)
  if (readsClaims) return new Set(route.callSites)
  const taken = new Set(route.inputs.filter(isOfWhoAsks).map(({ color }) => color))
  if (taken.size === 0) return new Set()
  const traced = traceValues(route, (color) => taken.has(color))
  const found = [...everyStep(route.body)].flatMap((step) => {
    const { call, reads = [] } = step
    if (!call) return []
    const seen = { ...traced, marks: traced.seenIn(step) }
    if (!reads.some((read) => tracedBehind(read, seen) !== undefined)) return []
    return [call.site, ...callsBeside(call).map(({ site }) => site)]
  })
  return new Set(found)
}

/** From now on its requests say whose claims are in them. Known as late as what is compiled of the route. */
export function nameOwner(site: CallSite): void {
  const { render } = site
  ;(site as { render: CallSite['render'] }).render = (document) => {
    const owner = document[ownerOfClaims]
    return owner === undefined ? render(document) : { ...render(document), owner }
  }
}

/** Whether what is known of who asks is read, by its own name or with all else. */
export function readsWhoAsks(read: Read): boolean {
  return areasOf(read).some(isClaims)
}

function isClaims([root, part]: readonly unknown[]): boolean {
  if (root === undefined || root === 'claims' || root === 'auth') return true
  return root === 'request' && (part === undefined || part === 'claims' || part === 'auth')
}
