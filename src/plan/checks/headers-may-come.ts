import type { Location } from '../../diagnostics/diagnostic.ts'
import type { Language } from '../../language/color.ts'
import { isOfProxies } from '../../proxy-headers.ts'
import type { BoundRoute } from '../bound-route.ts'
import { everyRead } from '../reads.ts'

/** A header that only proxies may send is never there where no proxy is trusted. */
export function checkHeadersMayCome(
  route: BoundRoute,
  trustedProxies: readonly string[],
  { diagnostics }: Language,
): void {
  if (trustedProxies.length > 0) return
  const check = (name: unknown, at: Location) => {
    if (typeof name !== 'string' || !isOfProxies(name)) return
    const help = 'list the proxies that send it in `trustedProxies` of the gateway’s file'
    diagnostics.add('untrusted-header', `\`${name}\` is taken from trusted proxies only, and there are none`, at, help)
  }
  for (const { locator, at } of route.inputs) if (locator.in === 'header') check(locator.name, at)
  for (const { reference, at } of everyRead(route)) {
    if (reference.kind === 'request' && reference.rest[0] === 'headers') check(reference.rest[1], at)
  }
}
