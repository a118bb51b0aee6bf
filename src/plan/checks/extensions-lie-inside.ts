import { faultOfExtensionPath } from '../../config/extensions/extension-module.ts'
import type { GatewaySettings } from '../../config/gateway.ts'
import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import type { Source } from '../../yaml/source.ts'

/** What runs in the gateway lies with its configuration, so that who may change one may change the other, and nobody else. */
export function checkExtensionsLieInside(
  { extensions }: GatewaySettings,
  source: Source,
  diagnostics: DiagnosticCollector,
): void {
  for (const [index, path] of [extensions].flat().entries()) {
    const fault = faultOfExtensionPath(path)
    if (fault === undefined) continue
    const at = source.locate(typeof extensions === 'string' ? ['extensions'] : ['extensions', index])
    diagnostics.add(
      'invalid-extension',
      fault,
      at,
      'name a path below the directory of the gateway’s file: ./extensions',
    )
  }
}
