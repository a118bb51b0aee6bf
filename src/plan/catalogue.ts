import type { Language } from '../binding/color.ts'
import { type Position, within } from '../binding/shape.ts'
import type { PolicyKind, PolicyKinds } from '../calls/policy.ts'
import type { PolicyOwner } from '../calls/policy-binding.ts'
import type { ServiceDefinition } from '../config/service.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import { bindOperation } from '../operations/bind.ts'
import type { BoundOperation, ServiceInfo } from '../operations/bound-operation.ts'
import type { OperationDefinition } from '../operations/operation.ts'
import type { PolicyOrigin } from '../operations/origin.ts'
import { type DeclaredPolicies, type Declaring, declarePolicies, misfitOf } from '../operations/policies/resolve.ts'
import { timeout as timeoutPolicy } from '../operations/policies/timeout/timeout.ts'
import type { DeclaredHeaders } from '../operations/sent-headers.ts'
import type { ServiceOperation } from '../steps/service-operation.ts'
import type { Defaults } from './defaults.ts'
import type { InheritedSet } from './presets.ts'
import { bindTypes } from './service-schema.ts'
import { bindTarget } from './service-target.ts'
import type { Work } from './work.ts'

/** The files that say what a service's operations are, by the key of operations that is held against each. */
export const definitionUsers = { schema: 'graphql', proto: 'grpc' } as const
type DefinitionName = keyof typeof definitionUsers
const definitionNames = Object.keys(definitionUsers) as DefinitionName[]
export const nameDefinition = (name: DefinitionName, service: string): string => `${name} of ${service}`
export const namePolicy = (name: string, service: string): string => `policy ${name} of ${service}`

/** One service of the catalogue, its operations checked against the dictionary. */
export interface CatalogueService {
  readonly info: ServiceInfo
  readonly operations: ReadonlyMap<string, ServiceOperation>
  /** Where its file names it. */
  readonly at: Location
  /** As its file has it. */
  readonly definition: ServiceDefinition['definition']
  /** Where it names what its operations are held against. */
  readonly definitionsAt: readonly { readonly name: DefinitionName; readonly at: Location }[]
  /** Policies that it says itself for its operations, and that do not fit all that there may be. */
  readonly choosy: readonly { readonly kind: PolicyKind; readonly config: unknown; readonly at: Location }[]
  /** Of what is passed through to it: its own, that of a preset it uses, or the gateway’s for all calls. */
  readonly timeout: { readonly ms: number; readonly origin: PolicyOrigin } | undefined
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
  const namedErrors = [...known.values()].flatMap(({ service }) => errorsNamedBy(service.definition))
  const catalogue = new Map<string, CatalogueService>()
  for (const [name, { service, info }] of known) {
    catalogue.set(name, bindService(service, info, { services: targets, kinds, namedErrors }, defaults, language))
    yield
  }
  return Object.assign(catalogue, { isWhole })
}

function bindService(
  file: ServiceDefinition,
  info: ServiceInfo,
  { services, kinds, namedErrors }: Pick<Declaring, 'services' | 'kinds'> & { readonly namedErrors: string[] },
  gateway: Defaults,
  language: Language,
): CatalogueService {
  const { source, definition } = file
  const types = bindTypes(file, ['schema'], language.diagnostics)
  const around = { service: definition.service, services, kinds }
  const { presets } = gateway
  const position: Position = { source, path: [] }
  /** What holds because somebody uses it, or for all, where it may be said by such an owner and fits. */
  const inherit = (sets: readonly InheritedSet[], owner: PolicyOwner, language: Language) =>
    sets.map(({ by, values, position }) =>
      declarePolicies(values, {
        ...around,
        kinds: kinds.filter(({ on }) => on.includes(owner)),
        by,
        position,
        operation: undefined,
        errorNames: namedErrors,
        language,
      }),
    )
  const own = { ...around, position, operation: undefined, errorNames: errorsNamedBy(definition), language }
  const used = presets.find('call', definition.use, position, language)
  const said = [
    declarePolicies(definition, { ...own, by: 'service' }),
    ...inherit([...used, ...presets.defaults('call')], 'service', language),
  ]
  const ofService: DeclaredPolicies[] = [
    ...said,
    new Map([[timeoutPolicy.name, { config: gateway.timeout, origin: gateway.origins.timeout }]]),
  ]
  const choosy = kinds.flatMap((kind) => {
    const { config, origin } = said[0]?.get(kind.name) ?? { config: false, origin: undefined }
    return kind.misfit && origin?.at && config !== false ? { kind, config, at: origin.at } : []
  })
  const headers = [
    ...headersOf([...used, ...presets.defaults('call')]),
    ...(definition.headers
      ? [{ value: definition.headers, position: within(position, 'headers'), by: 'service' as const }]
      : []),
  ]
  const bind: CatalogueService['bindInline'] = (name, definition, position, language) => {
    const used = presets.find('call', definition.use, position, language)
    const ownTypes = definition.schema !== undefined
    for (const key of definitionNames)
      if (definition[definitionUsers[key]] !== undefined && !(ownTypes && key === 'schema'))
        language.usedNames?.add(nameDefinition(key, info.name))
    const heldAgainst = ownTypes
      ? bindTypes(file, [...position.path.map(String), 'schema'], language.diagnostics)
      : types
    const shared = [...headers, ...headersOf(used)]
    const operation = bindOperation(info, name, definition, shared, position, language, heldAgainst)
    const errorNames = [...operation.errorNames.values()]
    const own = declarePolicies(definition, { ...around, by: 'operation', position, operation, errorNames, language })
    for (const { kind, config } of choosy)
      if (!misfitOf(kind, config, operation)) language.usedNames?.add(namePolicy(kind.name, info.name))
    const answers = () => [operation, ...alike(operation)].flatMap(({ outputs }) => outputs)
    return {
      operation: { ...operation, answers },
      policies: [own, ...inherit(used, 'operation', language), ...ofService],
      inherited(use, step, language) {
        const sets = presets.find('call', use, step, language)
        const toldAt = step.source.locateKey([...step.path, 'use'])
        return {
          policies: inherit(sets, 'step', language),
          headers: headersOf(sets).map((declared) => ({ ...declared, toldAt })),
        }
      },
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
  const timeout = said.find((one) => one.has(timeoutPolicy.name))?.get(timeoutPolicy.name)
  return {
    info,
    at: source.locate(['service']),
    definition,
    definitionsAt: definitionNames.flatMap((name) =>
      definition[name] === undefined ? [] : { name, at: source.locateKey([name]) },
    ),
    choosy,
    timeout: typeof timeout?.config === 'number' ? { ms: timeout.config, origin: timeout.origin } : undefined,
    operations: new Map(operations),
    unread,
    bindInline: bind,
  }
}

/** Farthest first. */
function headersOf(sets: readonly InheritedSet[]): DeclaredHeaders[] {
  return sets
    .toReversed()
    .flatMap(({ by, values: { headers }, position }) =>
      headers ? { by, value: headers, position: within(position, 'headers') } : [],
    )
}

function errorsNamedBy({ operations }: ServiceDefinition['definition']): string[] {
  return Object.values(operations).flatMap(({ errors = {} }) => Object.values(errors))
}
