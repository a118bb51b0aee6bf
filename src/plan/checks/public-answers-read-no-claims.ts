import { areasOf } from '../../binding/reference.ts'
import { everyRead } from '../reads.ts'
import type { RouteCheck } from './check.ts'

/** What caches may share that many use depends on nobody's claims. */
export const publicAnswersReadNoClaims: RouteCheck = (route, { diagnostics }) => {
  const { access, inputs, settings } = route
  const cacheAt = settings?.cache?.origin.at
  if (!access?.isPublic || !cacheAt) return
  const input = inputs.find(({ locator }) => locator.in === 'claims' || locator.in === 'auth')
  const read = everyRead(route).find((one) => areasOf(one).some(isOfWhoAsks))
  const at = input?.at ?? read?.at
  if (at)
    diagnostics.add('public-claims', 'the answer depends on who asks, and is to be shared', cacheAt, undefined, at)
}

function isOfWhoAsks([root, part]: readonly unknown[]): boolean {
  if (root === undefined || root === 'claims' || root === 'auth') return true
  return root === 'request' && (part === undefined || part === 'claims' || part === 'auth')
}
