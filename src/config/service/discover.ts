import * as z from 'zod'
import { timeSpan } from '../../binding/scalars.ts'
import { type ConsulSettings, consul as consulKind } from '../../endpoints/discovery/consul.ts'
import type { DiscoveryKind, DiscoverySource } from '../../endpoints/discovery/discovery.ts'
import { type DnsSettings, dns as dnsKind } from '../../endpoints/discovery/dns.ts'
import { type EtcdDiscoverySettings, etcd as etcdKind } from '../../endpoints/discovery/etcd.ts'
import { type FileSettings, file as fileKind } from '../../endpoints/discovery/file.ts'
import { type KubernetesSettings, kubernetes as kubernetesKind } from '../../endpoints/discovery/kubernetes.ts'
import { consulKeys, etcdKeys, registryAddress } from './registry.ts'

const name = z.string().min(1)
const scheme = z.enum(['http', 'https']).default('http').describe('Of the endpoints.')
const portNumber = z.int().min(1).max(65535)
/** Where a pod finds what it needs to ask the API server. */
const account = '/var/run/secrets/kubernetes.io/serviceaccount'
const accountFile = (file: string, meaning: string) =>
  z
    .union([z.string(), z.literal(false)])
    .default(`${account}/${file}`)
    .describe(meaning)

const source = <Settings extends object>(kind: DiscoveryKind<Settings>, settings: Settings): DiscoverySource => ({
  kind: kind as DiscoveryKind,
  settings,
})

const dns = z
  .strictObject({
    dns: name.describe('A name whose records are the endpoints.'),
    type: z.enum(['A', 'SRV']).default('A').describe('SRV records tell port and weight too.'),
    port: portNumber.optional().describe('Of every address; SRV records tell it.'),
    scheme,
    every: timeSpan.default(30_000).describe('The longest that an answer is believed; a shorter time to live holds.'),
  })
  .transform(({ dns, type, port, scheme, every }) =>
    source<DnsSettings>(dnsKind, { name: dns, type, port, scheme, everyMs: every }),
  )

const consul = z
  .strictObject({
    consul: z
      .strictObject({
        ...consulKeys,
        service: name.describe('The name it has there.'),
        tag: z.string().optional().describe('Only instances that have it.'),
        datacenter: z.string().optional().describe('Another one than the agent’s.'),
        scheme,
      })
      .describe('The passing instances of a service in Consul.'),
  })
  .transform(({ consul: { address, service, tag, datacenter, token, scheme } }) =>
    source<ConsulSettings>(consulKind, { address, service, tag, datacenter, token, scheme }),
  )

const etcd = z
  .strictObject({ etcd: z.strictObject(etcdKeys).describe('The keys below a prefix in etcd v3.') })
  .transform(({ etcd: { address, prefix, user, password } }) =>
    source<EtcdDiscoverySettings>(etcdKind, { address, prefix, user, password }),
  )

const kubernetes = z
  .strictObject({
    kubernetes: z
      .strictObject({
        service: name.describe('The Service whose EndpointSlices are watched.'),
        namespace: z.string().optional().describe('The gateway’s own unless given.'),
        port: z.union([portNumber, name]).optional().describe('Name or number; the first unless given.'),
        scheme,
        address: registryAddress('https://kubernetes.default.svc').describe('Where the API server is.'),
        tokenFile: accountFile('token', 'The token to ask with, read anew as it is rotated; `false`: none.'),
        caFile: accountFile('ca.crt', 'Who signs the API server’s certificate; `false`: whom the machine trusts.'),
      })
      .describe('The EndpointSlices of a Service in Kubernetes.'),
  })
  .transform(({ kubernetes: { service, namespace, port, scheme, address, tokenFile, caFile } }) =>
    source<KubernetesSettings>(kubernetesKind, {
      service,
      namespace,
      port,
      scheme,
      address,
      tokenFile: tokenFile || undefined,
      caFile: caFile || undefined,
      namespaceFile: `${account}/namespace`,
    }),
  )

const file = z
  .strictObject({
    file: name.describe('A YAML or JSON list like `endpoints`, from this file; it may change at any time.'),
    every: timeSpan.default(1000).describe('How often it is looked at.'),
  })
  .transform(({ file, every }) => source<FileSettings>(fileKind, { path: file, everyMs: every }))

/** A kind of discovery that an extension adds, and the shape of its settings. */
export interface DiscoverShape {
  readonly kind: DiscoveryKind
  readonly shape: z.ZodType
}

/** Behind its name stand its settings: `discover: { nomad: { job: reco } }`. */
const added = ({ kind, shape }: DiscoverShape) =>
  z
    .strictObject({ [kind.name]: shape.describe(kind.summary) })
    .transform((written) => source(kind, written[kind.name] as object))

/** `discover:` by what is built in and these. */
export function createDiscoverShape(more: readonly DiscoverShape[]) {
  return z
    .union([dns, consul, etcd, kubernetes, file, ...more.map(added)])
    .meta({ description: 'Where its endpoints are looked up, in place of `endpoints`.' })
}

export const discoverShape = createDiscoverShape([])

/** Where there are kinds of which nothing is known: any mapping is one, and nothing can be made of it. */
export const openDiscoverShape = z.looseObject({}).transform((settings) => source(dnsKind as DiscoveryKind, settings))
