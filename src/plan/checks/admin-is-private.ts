import type { GatewaySettings } from '../../config/gateway.ts'
import { isPrivate } from '../../config/listen.ts'
import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import type { Source } from '../../yaml/source.ts'

/** Where the admin listener asks nobody who they are, others than this machine get no more of it than health and metrics. */
export function checkAdminIsPrivate(
  { admin }: GatewaySettings,
  source: Source,
  diagnostics: DiagnosticCollector,
): void {
  const { host, port } = admin.listen
  if (isPrivate(admin.listen) || admin.auth !== undefined) return
  diagnostics.add(
    'open-admin',
    `the admin listener at ${host} answers whoever reaches it health and metrics, and nobody anything else`,
    source.locate(['admin', 'listen']),
    `say who may ask: \`admin.auth\`; or bind it to 127.0.0.1:${port}; or keep others away, and say so: # tessera-ignore open-admin: who does`,
  )
}
