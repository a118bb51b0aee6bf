import type { Language } from '../binding/color.ts'
import type { Position } from '../binding/shape.ts'
import type { PolicyKinds } from '../calls/policy.ts'
import type { ServiceDefinition } from '../config/service.ts'
import { bindOperation } from '../operations/bind.ts'
import type { BoundOperation, ServiceInfo } from '../operations/bound-operation.ts'
import type { OperationDefinition } from '../operations/operation.ts'
import { type Declaring, declarePolicies } from '../operations/policies/resolve.ts'
import type { ServiceOperation } from '../steps/step.ts'
import type { Defaults } from './defaults.ts'
import { bindTarget } from './service-target.ts'
import type { Work } from './work.ts'

/** One service of the catalogue, its operations checked against the dictionary. */
export interface CatalogueService {
  readonly info: ServiceInfo
  readonly operations: ReadonlyMap<string, ServiceOperation>
  /** As its file has it. */
  readonly definition: ServiceDefinition['definition']
  /** Operations that stand in its file but could not be read. */
  readonly unread: ReadonlySet<string>
  /** Binds an operation that a route writes in place. */
  readonly bindInline: (
    name: string,
    definition: OperationDefinition,
    position: Position,
    language: Language,
  ) => ServiceOperation
}

export type Catalogue = ReadonlyMap<string, CatalogueService> & {
  /** False when a service could not be read: then one that is not there may be that one. */
  readonly isWhole: boolean
}

/** Binds every service (undefined where one could not be read); a name that two files claim is reported. */
export function* bindCatalogue(
  services: readonly (ServiceDefinition | undefined)[],
  defaults: Defaults,
  kinds: PolicyKinds,
  language: Language,
): Work<Catalogue> {
  const isWhole = services.every((service) => service !== undefined)
  const known = new Map<string, { readonly service: ServiceDefinition; readonly info: ServiceInfo }>()
  for (const service of services) {
    if (!service) continue
    const { source, definition } = service
    if (known.has(definition.service)) {
      language.diagnostics.add(
        'duplicate-name',
        `another file declares the service \`${definition.service}\``,
        source.locate(['service']),
      )
    } else known.set(definition.service, { service, info: bindTarget(service, defaults, language) })
    yield
  }
  // A policy may name a service of any file.
  const targets = Object.assign(new Map([...known].map(([name, { info }]) => [name, info])), { isWhole })
  const catalogue = new Map<string, CatalogueService>()
  for (const [name, { service, info }] of known) {
    catalogue.set(name, bindService(service, info, { services: targets, kinds }, defaults, language))
    yield
  }
  return Object.assign(catalogue, { isWhole })
}

function bindService(
  { source, definition }: ServiceDefinition,
  info: ServiceInfo,
  { services, kinds }: Pick<Declaring, 'services' | 'kinds'>,
  gateway: Defaults,
  language: Language,
): CatalogueService {
  const around = { service: definition.service, services, kinds }
  const named = Object.values(definition.operations).flatMap(({ errors = {} }) => Object.values(errors))
  const ofService = new Map([
    ['timeout', { config: gateway.timeout, origin: gateway.timeoutOrigin }],
    ...declarePolicies(definition, {
      ...around,
      by: 'service',
      position: { source, path: [] },
      operation: undefined,
      errorNames: named,
      language,
    }),
  ])
  const headers = definition.headers && { value: definition.headers, position: { source, path: ['headers'] } }
  const bind: CatalogueService['bindInline'] = (name, definition, position, language) => {
    const operation = bindOperation(info, name, definition, headers, position, language)
    const errorNames = [...operation.errorNames.values()]
    const own = declarePolicies(definition, { ...around, by: 'operation', position, operation, errorNames, language })
    const answers = () => [operation, ...alike(operation)].flatMap(({ outputs }) => outputs)
    return {
      operation: { ...operation, answers },
      policies: [own, ofService],
      policyKinds: kinds,
      services,
      maxResponseBytes: gateway.maxResponseBody,
    }
  }
  const alike = ({ name, template }: BoundOperation) =>
    operations.flatMap(([, { operation }]) =>
      operation.template === template && operation.name !== name ? operation : [],
    )
  const operations = Object.entries(definition.operations).map(
    ([name, operation]) => [name, bind(name, operation, { source, path: ['operations', name] }, language)] as const,
  )
  const written = Object.keys(source.valueAt(['operations']) ?? {})
  const unread = new Set(written.filter((name) => !Object.hasOwn(definition.operations, name)))
  return { info, definition, operations: new Map(operations), unread, bindInline: bind }
}
