import type { ColorDefinition, Language } from '../binding/color.ts'
import { checkShape } from '../binding/shape.ts'
import type { PolicyKinds } from '../calls/policy.ts'
import { readDictionary } from '../config/dictionary.ts'
import { type ExtensionModule, isSameModule } from '../config/extensions/extension-module.ts'
import { createGatewayShape, type GatewaySettings, ownKeys, sharedKeys } from '../config/gateway.ts'
import { readService, type ServiceDefinition } from '../config/service.ts'
import { type ConfigTexts, sharedFilesOf } from '../config/texts.ts'
import { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Environment } from '../environment.ts'
import { createExpressionTypes, type ExpressionTypes } from '../expressions/expression.ts'
import type { Operators } from '../expressions/template.ts'
import { mergeSources } from '../yaml/merged-source.ts'
import { parseYamlInSteps } from '../yaml/parse.ts'
import type { Source, SourceText } from '../yaml/source.ts'
import type { AuthWorld } from './access.ts'
import { bindCatalogue, type Catalogue } from './catalogue.ts'
import { checkAdminIsPrivate } from './checks/admin-is-private.ts'
import { checkExtensionsLieInside } from './checks/extensions-lie-inside.ts'
import { checkLimitsReadWhatComes } from './checks/limits-read-what-comes.ts'
import { checkMcpCanBeAsked } from './checks/mcp-can-be-asked.ts'
import { type Defaults, locateDefaults } from './defaults.ts'
import { createRegistry } from './extensions/create-registry.ts'
import type { Registry } from './extensions/registry.ts'
import { type FileFacts, findFacts, isSameFile } from './file-facts.ts'
import { hasSameValues, type NamedEnvironment, recordEnvironment } from './named-environment.ts'
import { bindOwnAccess, type OwnAccess } from './own-access.ts'
import { type Parts, parseParts } from './parts.ts'
import { bindSchemes } from './schemes.ts'
import { certificatesOf, type ServiceCertificate } from './service-wire.ts'
import { checkPart, type StandingPart } from './standing-part.ts'
import type { Work } from './work.ts'

/** What every route is bound against: all files but the routes. */
export interface World extends OwnAccess {
  readonly settings: GatewaySettings
  readonly defaults: Defaults
  /** Undefined when the dictionary cannot be read: then every color would be unknown, so nothing is bound. */
  readonly dictionary: Dictionary | undefined
  readonly auth: AuthWorld
  readonly catalogue: Catalogue | undefined
  readonly parts: Parts
  /** Each part by itself. */
  readonly standing: readonly StandingPart[]
  readonly registry: Registry
  /** Presets that services and parts use. */
  readonly usedNames: ReadonlySet<string>
  /** What is wrong with its files. */
  readonly diagnostics: DiagnosticCollector
  readonly facts: readonly FileFacts[]
  readonly named: NamedEnvironment
  readonly extensions: readonly ExtensionModule[]
  /** That services are believed by, or shown. */
  readonly certificates: readonly ServiceCertificate[]
  /** The gateway's file, with what it includes. */
  readonly gateway: Source | undefined
  /** False when some file or directory could not be read. */
  readonly isWhole: boolean
}

export interface Dictionary {
  readonly colors: ReadonlyMap<string, ColorDefinition>
  readonly types: ExpressionTypes
  readonly operators: Operators
}

/** Reads the gateway's settings, the dictionary and the services, and binds the services' operations. */
export function* readWorld(texts: ConfigTexts): Work<World> {
  const diagnostics = new DiagnosticCollector()
  const { env, named } = recordEnvironment(texts.env)
  const isWhole = texts.unreadable.length === 0
  const parse = (file: SourceText) => parseYamlInSteps(file, env, diagnostics)

  const { gateway, isParsed } = yield* readGateway(texts, parse, diagnostics)
  const namesNone = [gateway?.valueAt(['extensions']) ?? []].flat().length === 0
  const registry = createRegistry(texts, isWhole || namesNone, diagnostics)
  const settings = readSettings(gateway, registry.policies, diagnostics)
  if (gateway) {
    checkAdminIsPrivate(settings, gateway, diagnostics)
    checkExtensionsLieInside(settings, gateway, diagnostics)
    checkLimitsReadWhatComes(settings, gateway, diagnostics)
  }
  const isSaid = isWhole && isParsed
  const auth = yield* bindSchemes(settings, gateway, texts, isSaid, diagnostics)
  if (gateway && isSaid) checkMcpCanBeAsked(settings, auth, gateway, diagnostics)
  const defaults = locateDefaults(settings, gateway, isSaid)
  yield
  const sources: Source[] = []
  for (const file of texts.dictionary) {
    const source = yield* parse(file)
    if (source) sources.push(source)
    yield
  }
  const isLost = sources.length < texts.dictionary.length || (sources.length === 0 && !isWhole)
  const dictionary = isLost ? undefined : readColors(sources, registry, diagnostics)
  yield
  const services: (ServiceDefinition | undefined)[] = []
  for (const file of texts.services) {
    const source = yield* parse(file)
    services.push(source && readService(source, registry.serviceShape, diagnostics, texts.serviceFiles))
    yield
  }
  if (!isWhole) services.push(undefined)
  const usedNames = new Set<string>()
  const language = dictionary && { ...languageOf(dictionary, settings, env, diagnostics), usedNames }
  const catalogue = language && (yield* bindCatalogue(services, defaults, registry.policies, language))
  const asked = bindOwnAccess(settings, gateway, auth, catalogue, language, diagnostics)
  const partSources: (Source | undefined)[] = []
  for (const file of texts.parts ?? []) {
    partSources.push(yield* parse(file))
    yield
  }
  const parts = parseParts(isWhole ? partSources : [...partSources, undefined], registry.steps, diagnostics)
  const standing: StandingPart[] = []
  if (language && catalogue) {
    for (const part of parts.values()) {
      standing.push(checkPart(part, parts, catalogue, language))
      yield
    }
  }
  for (const read of [gateway, ...sources, ...partSources, ...services.map((service) => service?.source)])
    read?.forget()
  const facts: FileFacts[] = []
  for (const file of sharedFilesOf(texts)) {
    yield
    facts.push(findFacts(file))
  }
  const { extensions = [] } = texts
  return {
    settings,
    defaults,
    auth,
    ...asked,
    dictionary,
    catalogue,
    parts,
    standing,
    registry,
    usedNames,
    diagnostics,
    facts,
    named,
    extensions,
    certificates: services.flatMap((service) => (service ? certificatesOf(service) : [])),
    gateway,
    isWhole,
  }
}

/** Whether these texts give the same world. */
export function isWorldOf({ facts, named, extensions, isWhole }: World, texts: ConfigTexts): boolean {
  const files = sharedFilesOf(texts)
  const { extensions: modules = [] } = texts
  return (
    isWhole === (texts.unreadable.length === 0) &&
    files.length === facts.length &&
    files.every((file, index) => isSameFile(file, facts[index]!.file)) &&
    extensions.length === modules.length &&
    extensions.every((module, index) => isSameModule(module, modules[index]!)) &&
    hasSameValues(named, texts.env)
  )
}

/** The language that one route is bound in: its faults are collected apart. */
export function languageOf(
  { colors, types, operators }: Dictionary,
  { trustedProxies, cors, auth }: GatewaySettings,
  env: Environment,
  diagnostics: DiagnosticCollector,
  mention?: Language['mention'],
): Language {
  return {
    colors,
    types: { ...types, env },
    operators,
    diagnostics,
    trustsNoProxy: trustedProxies.length === 0,
    saysCors: cors !== undefined,
    // Some route may; each says for itself.
    fillsClaims: Object.keys(auth).length > 0,
    mention,
  }
}

/** The gateway's file, with what it includes; `isParsed` where all of them are YAML. */
function* readGateway(
  { gateway, included = [], unreadable }: ConfigTexts,
  parse: (file: SourceText) => Work<Source | undefined>,
  diagnostics: DiagnosticCollector,
): Work<{ readonly gateway: Source | undefined; readonly isParsed: boolean }> {
  const own = gateway.text === '' ? undefined : yield* parse(gateway)
  if (!own) return { gateway: undefined, isParsed: gateway.text === '' }
  const more: Source[] = []
  for (const file of included) {
    const source = yield* parse(file)
    if (source) more.push(leaveOwnKeys(source, diagnostics))
  }
  const isList = Array.isArray(own.valueAt(['include']))
  for (const { path, reason, named } of unreadable) {
    if (named === undefined) continue
    const at = own.locate(['include', ...(isList ? [named] : [])])
    diagnostics.add('file-unreadable', `${path} cannot be included: ${reason}`, at)
  }
  const isParsed = more.length === included.length
  return { gateway: mergeSources([own, ...more], sharedKeys, diagnostics), isParsed }
}

/** Only the gateway's own file says where others are. */
function leaveOwnKeys(source: Source, diagnostics: DiagnosticCollector): Source {
  const { value } = source
  for (const key of ownKeys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) continue
    const message = `\`${key}\` is not a key of a file that is included`
    diagnostics.add('unknown-key', message, source.locateKey([key]), 'the gateway’s own file says where others are')
    delete (value as Record<string, unknown>)[key]
  }
  return source
}

function readSettings(
  source: Source | undefined,
  kinds: PolicyKinds,
  diagnostics: DiagnosticCollector,
): GatewaySettings {
  const shape = createGatewayShape(kinds)
  const position = source && { source, path: [] }
  return (position && checkShape(shape, source.value ?? {}, position, diagnostics)) ?? shape.parse({})
}

function readColors(
  [first, ...others]: readonly Source[],
  { operators, functions }: Registry,
  diagnostics: DiagnosticCollector,
): Dictionary | undefined {
  const colors = first ? readDictionary([first, ...others], diagnostics) : new Map<string, ColorDefinition>()
  if (!colors) return undefined
  const types = createExpressionTypes(new Map([...colors].map(([name, color]) => [name, color.schema])), functions)
  return { colors, types, operators }
}
