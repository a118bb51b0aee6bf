import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import { isOfProxies } from '../proxy-headers.ts'

/** A header that only proxies may send is never there where no proxy is trusted: whoever reads it is told. */
export function checkHeaderMayCome(name: unknown, at: Location, diagnostics: DiagnosticCollector): void {
  if (typeof name !== 'string' || !isOfProxies(name)) return
  const help = 'list the proxies that send it in `trustedProxies` of the gateway’s file'
  diagnostics.add('untrusted-header', `\`${name}\` is taken from trusted proxies only, and there are none`, at, help)
}
