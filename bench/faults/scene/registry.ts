import type { RegistrationTarget } from '../../../src/endpoints/registration/registration.ts'
import { ConsulDouble } from '../../../test/support/registries/consul.ts'
import { EtcdServer, etcdProgram } from '../../../test/support/registries/etcd.ts'
import type { Scene } from './scene.ts'

/** A registry that endpoints and the gateway keep themselves in, and that can be killed. */
export interface Registry {
  /** `etcd`, or what stands in for it. */
  readonly title: string
  /** What `discover:` of a service and `register:` of the gateway say, in YAML. */
  readonly discover: string
  readonly register: string
  /** By which an endpoint registers itself. */
  readonly target: RegistrationTarget
  /** False too while it is away. */
  knows(id: string): Promise<boolean>
  /** As SIGKILL does. */
  kill(): Promise<void>
  /** With what it knew, or without. Resolves when it answers. */
  startAgain(knowsAll: boolean): Promise<void>
  /** An endpoint was killed: what its own checks would find out in time. */
  missed(id: string): void
}

/** A registry that heard nothing for so long takes who it knows for dead. */
export const ttlMs = 3_000
export const gatewayId = 'gateway'

/** A real etcd where there is one; else a double of Consul in this process. */
export async function startRegistry(scene: Scene): Promise<Registry> {
  return etcdProgram === undefined ? startConsul(scene) : startEtcd(scene)
}

async function startEtcd(scene: Scene): Promise<Registry> {
  const etcd = await new EtcdServer().start()
  scene.whenDone(() => etcd.close())
  const { address } = etcd
  const kinds = ['/endpoints/', '/gateways/'] as const
  const settings = { address, prefix: kinds[0], ttlMs, id: undefined, host: undefined, port: undefined }
  return {
    title: 'etcd',
    discover: `{ etcd: { address: "${address}", prefix: ${kinds[0]} } }`,
    register: `{ etcd: { address: "${address}", prefix: ${kinds[1]}, id: ${gatewayId}, host: 127.0.0.1, ttl: ${ttlMs}ms } }`,
    target: { kind: 'etcd', settings },
    async knows(id) {
      const key = (id === gatewayId ? kinds[1] : kinds[0]) + id
      return (await etcd.get(key).catch(() => undefined)) !== undefined
    },
    kill: () => etcd.kill(),
    async startAgain(knowsAll) {
      if (!knowsAll) etcd.forget()
      await etcd.start()
    },
    // Its lease ends.
    missed: () => {},
  }
}

async function startConsul(scene: Scene): Promise<Registry> {
  const consul = await new ConsulDouble().start()
  scene.whenDone(() => consul.stop())
  const { address } = consul
  const service = 'words'
  const own = { address, service, token: undefined, tags: [], check: 'ttl' }
  return {
    title: 'a double of Consul (no etcd is installed)',
    discover: `{ consul: { address: "${address}", service: ${service} } }`,
    register: `{ consul: { address: "${address}", id: ${gatewayId}, host: 127.0.0.1, ttl: ${ttlMs}ms } }`,
    target: {
      kind: 'consul',
      settings: { ...own, ttlMs, id: undefined, host: undefined, port: undefined } as RegistrationTarget['settings'],
    },
    knows: async (id) => consul.instances.has(id),
    kill: () => consul.stop(),
    async startAgain(knowsAll) {
      if (!knowsAll) consul.forget()
      await consul.start()
    },
    missed: (id) => void setTimeout(() => consul.remove(id), ttlMs),
  }
}
