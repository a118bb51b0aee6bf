import { bracket } from '../discovery/endpoint-entry.ts'
import { EtcdClient, type EtcdSettings, encode } from '../discovery/etcd-client.ts'
import type { RegistrationKind, RegistrationSettings } from './registration.ts'

export interface EtcdRegistrationSettings extends RegistrationSettings, EtcdSettings {
  readonly prefix: string
}

/** A key of etcd that a lease keeps: when the gateway dies it goes with it. */
export const etcdRegistration: RegistrationKind<EtcdRegistrationSettings> = {
  name: 'etcd',
  summary: 'A key below a prefix in etcd v3, held by a lease that is kept alive',
  async keep(settings, self, { client, signal, registered, pause }) {
    const etcd = new EtcdClient(client, settings)
    const seconds = Math.ceil(settings.ttlMs / 1000)
    const { ID } = (await etcd.ask('/v3/lease/grant', { TTL: seconds })) as { ID?: unknown }
    const value = JSON.stringify({ url: `http://${bracket(self.host)}:${self.port}`, zone: self.zone })
    await etcd.ask('/v3/kv/put', { key: encode(settings.prefix + self.id), value: encode(value), lease: ID })
    registered()
    while (!signal.aborted) {
      await pause(settings.ttlMs / 3)
      if (signal.aborted) return
      const { result } = (await etcd.ask('/v3/lease/keepalive', { ID })) as { result?: { TTL?: unknown } }
      // A lease that is no more has no time left.
      if (!(Number(result?.TTL) > 0)) return
    }
  },
  async leave(settings, self, client) {
    const etcd = new EtcdClient(client, settings)
    await etcd.ask('/v3/kv/deleterange', { key: encode(settings.prefix + self.id) })
  },
}
