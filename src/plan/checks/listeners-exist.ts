import type { GatewaySettings } from '../../config/gateway.ts'
import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import type { ParsedRoute } from '../../routes/route.ts'

/** The listeners that a route is there for are the gateway's. */
export function checkListenersExist(
  { definition: { listeners = [] }, position: { source } }: ParsedRoute,
  { listen }: Pick<GatewaySettings, 'listen'>,
  diagnostics: DiagnosticCollector,
): void {
  const known = listen.map(({ name }) => name)
  for (const [index, name] of listeners.entries()) {
    if (known.includes(name)) continue
    const at = source.locate(['listeners', index])
    diagnostics.add('invalid-value', `there is no listener \`${name}\``, at, didYouMean(name, known))
  }
}
