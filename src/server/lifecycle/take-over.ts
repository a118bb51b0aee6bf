import type { ListenSettings } from '../../config/listen.ts'
import { describeDiscovery } from '../../endpoints/discovery/discovery.ts'
import type { Snapshot } from '../../plan/snapshot.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Configured } from '../../telemetry/metrics.ts'
import { servicesOf } from './services.ts'

/** Says which changes of the gateway's file have no effect: what they are about was set up once, when the process began. */
export function warnOfFixedSettings(before: Snapshot, after: Snapshot, logger: Logger): void {
  for (const key of ['listen', 'admin', 'telemetry', 'register', 'stores', 'history'] as const) {
    if (JSON.stringify(fixedOf(before, key)) !== JSON.stringify(fixedOf(after, key))) {
      logger.warn(`\`${key}\` of the gateway's file has changed: that takes a restart`)
    }
  }
}

/** Whose traces are continued holds from the next request on, and with what TLS is spoken from the next handshake on. */
function fixedOf({ settings }: Snapshot, key: keyof Snapshot['settings']): unknown {
  const without = (one: ListenSettings) => ({
    ...one,
    tls: one.tls && [one.tls.clientCa !== undefined, one.tls.clientCert],
  })
  if (key === 'listen') return settings.listen.map(without)
  if (key === 'admin') return { ...settings.admin, listen: without(settings.admin.listen) }
  return key === 'telemetry' ? { ...settings.telemetry, trust: undefined, baggage: undefined } : settings[key]
}

/** The names that metrics may have from now on. */
export function configuredBy(snapshot: Snapshot): Configured {
  const { routes } = snapshot
  const services = servicesOf(snapshot)
  return {
    routes: new Set(routes.map(({ name }) => name)),
    templates: new Set(routes.map(({ match }) => match.path)),
    services: new Set(services.flatMap(({ name, version }) => [name, version?.of ?? name])),
    sources: new Set(services.flatMap(({ discover }) => (discover ? [describeDiscovery(discover)] : []))),
  }
}
