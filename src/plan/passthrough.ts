import type { GatewaySettings } from '../config/gateway.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { Language } from '../language/color.ts'
import type { ParsedRoute } from '../routes/route.ts'
import type { Catalogue } from './catalogue.ts'
import type { PassthroughRoute } from './snapshot.ts'
import { toldOfPassthrough } from './told-of-requests.ts'

/** A `proxy:` route, with its service found; undefined for any other route. */
export function bindPassthrough(
  parsed: ParsedRoute,
  catalogue: Catalogue,
  settings: GatewaySettings,
  language: Language,
): PassthroughRoute | undefined {
  const { name, match, definition, place } = parsed
  const { diagnostics } = language
  const { source } = place
  if (definition.proxy === undefined) return undefined
  const { service: wanted, idle } = definition.proxy
  const at = source.locate(typeof source.valueAt(['proxy']) === 'string' ? ['proxy'] : ['proxy', 'service'])
  const service = catalogue.get(wanted)
  if (!service) {
    if (!catalogue.isWhole) return undefined
    const help = didYouMean(wanted, catalogue.keys())
    diagnostics.add('unknown-service', `there is no service \`${wanted}\``, at, help)
    return undefined
  }
  if (service.info.split) {
    const message = `\`${wanted}\` runs in versions, and a passthrough looks at nothing to choose one by`
    diagnostics.add('invalid-value', message, at, 'write the calls as `do`')
    return undefined
  }
  const timeoutMs = definition.timeout ?? settings.defaults.timeout
  return {
    kind: 'passthrough',
    name,
    match,
    summary: definition.summary,
    file: source.path,
    service: service.info,
    told: toldOfPassthrough(match),
    timeoutMs: Math.min(timeoutMs, service.definition.timeout || timeoutMs),
    idleMs: idle,
    maxRequestBytes: definition.maxRequestBody ?? settings.defaults.maxRequestBody,
  }
}
