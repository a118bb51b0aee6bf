import type { ListenerTls } from '../../plan/certificates.ts'
import type { Snapshot } from '../../plan/snapshot.ts'
import type { CertificateExpiry } from '../../telemetry/connection-metrics.ts'
import { readCertificates } from '../../x509.ts'
import { servicesOf } from './services.ts'

/** How long what listeners show holds yet, and what services are shown: of each chain the first that expires. */
export function observeCertificates(
  listeners: readonly ListenerTls[],
  snapshot: Snapshot,
  nowMs: number,
): readonly CertificateExpiry[] {
  const left = (expiresMs: number) => (expiresMs - nowMs) / 1000
  const shown = listeners.flatMap(({ listener, pairs }) =>
    pairs.map(({ names: [name = ''], expiresMs }) => {
      return { by: 'listener', of: listener, name, seconds: left(expiresMs) } as const
    }),
  )
  const toServices = servicesOf(snapshot).flatMap(({ name: of, wire }) => {
    const chain = wire?.tls?.cert === undefined ? undefined : readCertificates(String(wire.tls.cert))
    if (!chain) return []
    const seconds = left(Math.min(...chain.map(({ expiresMs }) => expiresMs)))
    return [{ by: 'service', of, name: chain[0]!.names[0] ?? '', seconds } as const]
  })
  return [...shown, ...toServices]
}
