import * as z from 'zod'
import { timeSpan } from '../binding/scalars.ts'
import type { ConsulRegistrationSettings } from '../endpoints/registration/consul.ts'
import type { EtcdRegistrationSettings } from '../endpoints/registration/etcd.ts'
import type { RegistrationTarget } from '../endpoints/registration/registration.ts'
import { consulKeys, etcdKeys } from './service/registry.ts'

const selfKeys = {
  id: z.string().min(1).optional().describe('What it is called there; made of host and port unless given.'),
  host: z.string().min(1).optional().describe('Where others reach it; the name of the machine unless given.'),
  port: z.int().min(1).max(65535).optional().describe('The port that it listens on unless given.'),
  ttl: timeSpan.default(15_000).describe('A registry that heard nothing for so long takes it for dead.'),
}

const target = <Settings extends RegistrationTarget['settings']>(
  kind: string,
  settings: Settings,
): RegistrationTarget => ({
  kind,
  settings,
})

const consul = z
  .strictObject({
    consul: z
      .strictObject({
        ...consulKeys,
        service: z.string().min(1).default('tessera').describe('The name that others find it by.'),
        tags: z.array(z.string()).default([]).describe('Told of it.'),
        check: z
          .enum(['ttl', 'http'])
          .default('ttl')
          .describe('`ttl`: it says that it lives; `http`: Consul asks `/readyz` of its admin listener.'),
        ...selfKeys,
      })
      .describe('A service of an agent of Consul.'),
  })
  .transform(({ consul: { address, token, service, tags, check, id, host, port, ttl } }) =>
    target<ConsulRegistrationSettings>('consul', { address, token, service, tags, check, id, host, port, ttlMs: ttl }),
  )

const etcd = z
  .strictObject({ etcd: z.strictObject({ ...etcdKeys, ...selfKeys }).describe('A key in etcd v3, under a lease.') })
  .transform(({ etcd: { address, user, password, prefix, id, host, port, ttl } }) =>
    target<EtcdRegistrationSettings>('etcd', { address, user, password, prefix, id, host, port, ttlMs: ttl }),
  )

/** `register:` */
export const registerShape = z
  .union([consul, etcd])
  .meta({ description: 'A registry that the gateway tells where it is; it leaves before it stops to accept requests.' })
