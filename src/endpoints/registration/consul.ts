import { type LiveText, textNow } from '../../environment.ts'
import { RegistryError, type RegistryRequest } from '../../transports/registry-client.ts'
import { bracket } from '../discovery/endpoint-entry.ts'
import type { RegistrationKind, RegistrationSettings, Self } from './registration.ts'

export interface ConsulRegistrationSettings extends RegistrationSettings {
  readonly service: string
  readonly token: LiveText | undefined
  readonly tags: readonly string[]
  /** Who finds out whether the gateway lives: it says so itself, or Consul asks its admin listener. */
  readonly check: 'ttl' | 'http'
}

const timeoutMs = 5000

/** A service of the local Consul agent, with a check of its own. */
export const consulRegistration: RegistrationKind<ConsulRegistrationSettings> = {
  name: 'consul',
  summary: 'A service of a Consul agent, with a TTL check, or an HTTP check of `/readyz` on the admin listener',
  async keep(settings, self, { client, signal, registered, pause }) {
    const ask = (request: Omit<RegistryRequest, 'headers' | 'timeoutMs'>) =>
      client.ask({ ...request, headers: { 'x-consul-token': textNow(settings.token) }, timeoutMs })
    const id = encodeURIComponent(self.id)
    const body = describe(settings, self)
    await ask({ method: 'PUT', path: '/v1/agent/service/register', body })
    registered()
    while (!signal.aborted) {
      await pause(settings.ttlMs / 3)
      if (signal.aborted) return
      try {
        if (settings.check === 'http') await ask({ path: `/v1/agent/service/${id}` })
        else await ask({ method: 'PUT', path: `/v1/agent/check/pass/service:${id}` })
      } catch (thrown) {
        // An agent that was started anew knows nothing of us (500: before Consul 1.11).
        if (thrown instanceof RegistryError && (thrown.status === 404 || thrown.status === 500)) return
        throw thrown
      }
    }
  },
  async leave({ token }, { id }, client) {
    const path = `/v1/agent/service/deregister/${encodeURIComponent(id)}`
    await client.ask({ method: 'PUT', path, headers: { 'x-consul-token': textNow(token) }, timeoutMs })
  },
}

function describe({ service, tags, check, ttlMs }: ConsulRegistrationSettings, self: Self) {
  const { id, host, port, zone, admin } = self
  const seconds = `${Math.ceil(ttlMs / 1000)}s`
  const told = { TTL: seconds, Status: 'passing' }
  const scheme = admin?.isTls ? 'https' : 'http'
  const asked = { HTTP: `${scheme}://${bracket(host)}:${admin?.port}/readyz`, Interval: seconds, Timeout: '5s' }
  return {
    ID: id,
    Name: service,
    Address: host,
    Port: port,
    Tags: tags,
    ...(zone !== undefined && { Meta: { zone } }),
    Check: { ...(check === 'http' && admin ? asked : told), DeregisterCriticalServiceAfter: '1m' },
  }
}
