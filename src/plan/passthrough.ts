import type { GatewaySettings } from '../config/gateway.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { ParsedRoute } from '../routes/route.ts'
import type { Catalogue } from './catalogue.ts'
import type { PassthroughRoute } from './snapshot.ts'
import { toldOfPassthrough } from './told-of-requests.ts'

/** A `proxy:` route, with its service found; undefined for any other route. */
export function bindPassthrough(
  { name, match, definition, place }: ParsedRoute,
  catalogue: Catalogue,
  settings: GatewaySettings,
  diagnostics: DiagnosticCollector,
): PassthroughRoute | undefined {
  if (definition.proxy === undefined) return undefined
  const service = catalogue.get(definition.proxy)
  if (!service) {
    if (!catalogue.isWhole) return undefined
    const help = didYouMean(definition.proxy, catalogue.keys())
    diagnostics.add(
      'unknown-service',
      `there is no service \`${definition.proxy}\``,
      place.source.locate(['proxy']),
      help,
    )
    return undefined
  }
  if (service.info.split) {
    const message = `\`${definition.proxy}\` runs in versions, and a passthrough looks at nothing to choose one by`
    diagnostics.add('invalid-value', message, place.source.locate(['proxy']), 'write the calls as `do`')
    return undefined
  }
  return {
    kind: 'passthrough',
    name,
    match,
    summary: definition.summary,
    file: place.source.path,
    service: service.info,
    told: toldOfPassthrough(match),
    timeoutMs: definition.timeout ?? settings.defaults.timeout,
    maxRequestBytes: definition.maxRequestBody ?? settings.defaults.maxRequestBody,
  }
}
