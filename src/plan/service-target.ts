import { dirname, join } from 'node:path'
import type { Language } from '../binding/color.ts'
import { findColor } from '../binding/reference.ts'
import type { ServiceTarget } from '../calls/service-target.ts'
import type { ServiceDefinition } from '../config/service.ts'
import { type DiscoverySource, keyOfSource } from '../endpoints/discovery/discovery.ts'
import { type FileSettings, file } from '../endpoints/discovery/file.ts'
import type { CarePolicy } from '../endpoints/health/policy.ts'
import type { ServiceInfo } from '../operations/bound-operation.ts'
import { compileColorReader } from '../operations/request.ts'
import { defaultChannelOptions } from '../transports/transport.ts'
import type { Source } from '../yaml/source.ts'
import { bindServiceAdmission } from './admission/service.ts'
import type { Defaults } from './defaults.ts'
import { hashContent } from './hash.ts'
import { bindCredentials } from './service-credentials.ts'
import { bindProto } from './service-proto.ts'
import { bindWire } from './service-wire.ts'
import { bindSplit } from './split.ts'

/** Where a service runs, how calls are spread over its endpoints and how those are looked after. */
export function bindTarget(service: ServiceDefinition, defaults: Defaults, language: Language): ServiceInfo {
  const { zone } = defaults
  const { source, definition } = service
  const { balance, retryBudget } = definition
  const connections = connectionsOf(definition)
  const budgetHeader = (definition.budgetHeader ?? defaults.budgetHeader) || undefined
  const { reads: spreadReads = [], ...spread } = bindColor(balance.on, source, language)
  const { admission, reads: admissionReads } = bindServiceAdmission(service, language)
  const reads = [...spreadReads, ...admissionReads]
  const wire = bindWire(service, language.diagnostics)
  const auth = bindCredentials(service, language.diagnostics)
  const bindRuns = (runs: Pick<typeof definition, 'endpoints' | 'discover'>, owner: string) => {
    const { endpoints = [] } = runs
    const discover = runs.discover && locateFile(runs.discover, source)
    const care = careOf(definition, discover || endpoints.some((endpoint) => endpoint.zone) ? zone : undefined)
    const named = { discover: discover && keyOfSource(discover), balance: balance.kind.name, on: balance.on }
    // What is known of its endpoints, and its retry budget, are its own, whoever else runs at the same addresses.
    const key = hashContent(
      JSON.stringify({ owner, endpoints, ...named, connections, wire: wire?.key, auth: auth?.key, care, retryBudget }),
    )
    const settings = { balance: balance.kind, connections, wire, auth, care, budgetHeader, retryBudget }
    return { endpoints, discover, ...settings, ...spread, ...admission, key }
  }
  const name = definition.service
  const proto = bindProto(service, language.diagnostics)
  if (!definition.versions) return { name, ...bindRuns(definition, name), proto, reads }
  const bindVersion = (version: string, runs: Parameters<typeof bindRuns>[0]): ServiceTarget => ({
    ...bindRuns(runs, `${name}@${version}`),
    name: `${name}@${version}`,
    version: { name: version, of: name },
  })
  const { split, reads: more, key } = bindSplit(service, bindVersion, language)
  return { ...bindRuns({}, name), name, proto, split, key: hashContent(name, key), reads: [...reads, ...more] }
}

/** A bulkhead that lets more through than there are connections would have them wait once more. */
function connectionsOf({ connections, bulkhead }: ServiceDefinition['definition']): number | undefined {
  if (connections !== undefined || !bulkhead) return connections
  const { concurrent } = bulkhead.policy
  const most = typeof concurrent === 'number' ? concurrent : concurrent.max
  return most > defaultChannelOptions.connections ? most : undefined
}

/** The color that the balancer chooses by: every call of the service reads it. */
function bindColor(
  name: string | undefined,
  source: Source,
  language: Language,
): Pick<ServiceInfo, 'spreadBy' | 'spreadOn' | 'reads'> {
  const at = source.locate(['balance', 'on'])
  const color = name === undefined ? undefined : findColor(name, at, language)?.name
  if (color === undefined) return {}
  return {
    spreadBy: compileColorReader(color),
    spreadOn: color,
    reads: [{ reference: { kind: 'color', color, rest: [] }, at, demand: 'tolerated' }],
  }
}

function careOf(definition: ServiceDefinition['definition'], zone: string | undefined): CarePolicy | undefined {
  const { health, outlier, failover, slowStart } = definition
  if (!health && !outlier && !failover && slowStart === undefined && zone === undefined) return undefined
  return { health, outlier, failover, slowStartMs: slowStart, zone }
}

/** A file is named from the file that names it. */
function locateFile(discover: DiscoverySource, source: Source): DiscoverySource {
  if (discover.kind !== file) return discover
  const { path, everyMs } = discover.settings as FileSettings
  const settings: FileSettings = { path: path.startsWith('/') ? path : join(dirname(source.path), path), everyMs }
  return { kind: file, settings }
}
