import { checkHeaderMayCome } from '../../binding/headers-of-proxies.ts'
import type { GatewaySettings } from '../../config/gateway.ts'
import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import type { Source } from '../../yaml/source.ts'

/** The gateway's own limit counts by what is there; its keys are read before there is a language to resolve them in. */
export function checkLimitsReadWhatComes(
  { limit, trustedProxies }: GatewaySettings,
  source: Source,
  diagnostics: DiagnosticCollector,
): void {
  if (trustedProxies.length > 0) return
  const isList = Array.isArray(source.valueAt(['limit', 'by']))
  for (const [index, text] of (limit?.by ?? []).entries()) {
    const name = /^request\.headers\.(.+)$/.exec(text)?.[1]
    checkHeaderMayCome(name, source.locate(['limit', 'by', ...(isList ? [index] : [])]), diagnostics)
  }
}
