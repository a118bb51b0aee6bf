import type { GatewaySettings } from '../../config/gateway.ts'
import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import { isLoopback } from '../../ip-address.ts'
import type { Source } from '../../yaml/source.ts'

/** The admin listener asks nobody who they are, so it is reached from this machine alone, unless somebody answers for it. */
export function checkAdminIsPrivate(
  { admin }: GatewaySettings,
  source: Source,
  diagnostics: DiagnosticCollector,
): void {
  const { host, port } = admin.listen
  if (isLoopback(host)) return
  diagnostics.add(
    'open-admin',
    `the admin listener at ${host} answers whoever reaches it`,
    source.locate(['admin', 'listen']),
    `bind it to 127.0.0.1:${port}; or keep others away from it, and say so: # tessera-ignore open-admin: who does`,
  )
}
