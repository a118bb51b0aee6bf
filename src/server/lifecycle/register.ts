import { hostname } from 'node:os'
import type { Clock } from '../../clock.ts'
import type { GatewaySettings } from '../../config/gateway.ts'
import type { RegistrationTarget } from '../../endpoints/registration/registration.ts'
import type { SelfRegistration } from '../../endpoints/registration/self-registration.ts'
import type { Notify } from '../../telemetry/notice.ts'

export interface Ports {
  readonly port: number
  readonly adminPort: number | undefined
}

/** Where others reach the gateway; a registry that checks it asks for that name. */
export function nameOfSelf({ settings }: RegistrationTarget): string {
  return settings.host ?? hostname()
}

/** Tells a registry where the gateway is, if its file says so; undefined when it does not. */
export async function registerSelf(
  { register, zone, admin }: GatewaySettings,
  ports: Ports,
  { clock, notify }: { readonly clock: Clock; readonly notify: Notify },
): Promise<SelfRegistration | undefined> {
  if (!register) return undefined
  const host = nameOfSelf(register)
  const { port = ports.port, id = `${host}:${port}` } = register.settings
  const self = {
    id,
    host,
    port,
    zone: zone || undefined,
    admin: ports.adminPort === undefined ? undefined : { port: ports.adminPort, isTls: admin.listen.tls !== undefined },
  }
  const { SelfRegistration } = await import('../../endpoints/registration/self-registration.ts')
  return new SelfRegistration(register, self, { clock, random: Math.random, notify })
}

/** Whoever looked the gateway up just before it left may still be on the way to it. */
const lastLookUpsMs = 500

/** Leaves the registry, if the gateway is in one, while it still accepts. */
export async function leaveRegistry(registration: SelfRegistration | undefined): Promise<void> {
  if (!registration) return
  await Promise.all([registration.leave(), new Promise((resolve) => setTimeout(resolve, lastLookUpsMs))])
}
