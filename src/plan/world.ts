import { readDictionary } from '../config/dictionary.ts'
import { type GatewaySettings, gatewayShape } from '../config/gateway.ts'
import type { ConfigTexts } from '../config/read.ts'
import { readService, type ServiceDefinition } from '../config/service.ts'
import { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Environment } from '../environment.ts'
import type { ColorDefinition, Language } from '../language/color.ts'
import { checkShape } from '../language/shape.ts'
import { createExpressionTypes, type ExpressionTypes } from '../values/expression.ts'
import { parseYamlInSteps } from '../yaml/parse.ts'
import type { Source, SourceText } from '../yaml/source.ts'
import { bindCatalogue, type Catalogue } from './catalogue.ts'
import { checkAdminIsPrivate } from './checks/admin-is-private.ts'
import { checkLimitsReadWhatComes } from './checks/limits-read-what-comes.ts'
import { type Defaults, locateDefaults } from './defaults.ts'
import { type FileFacts, findFacts, isSameFile } from './file-facts.ts'
import { hasSameValues, type NamedEnvironment, recordEnvironment } from './named-environment.ts'
import type { Work } from './work.ts'

/** What every route is bound against: all files but the routes. */
export interface World {
  readonly settings: GatewaySettings
  readonly defaults: Defaults
  /** Undefined when the dictionary cannot be read: then every color would be unknown, so nothing is bound. */
  readonly dictionary: Dictionary | undefined
  readonly catalogue: Catalogue | undefined
  /** What is wrong with its files. */
  readonly diagnostics: DiagnosticCollector
  readonly facts: readonly FileFacts[]
  readonly named: NamedEnvironment
  /** False when some file or directory could not be read. */
  readonly isWhole: boolean
}

export interface Dictionary {
  readonly colors: ReadonlyMap<string, ColorDefinition>
  readonly types: ExpressionTypes
}

/** Reads the gateway's settings, the dictionary and the services, and binds the services' operations. */
export function* readWorld(texts: ConfigTexts): Work<World> {
  const diagnostics = new DiagnosticCollector()
  const { env, named } = recordEnvironment(texts.env)
  const isWhole = texts.unreadable.length === 0
  const parse = (file: SourceText) => parseYamlInSteps(file, env, diagnostics)

  const gateway = texts.gateway.text === '' ? undefined : yield* parse(texts.gateway)
  const settings = readSettings(gateway, diagnostics)
  if (gateway) {
    checkAdminIsPrivate(settings, gateway, diagnostics)
    checkLimitsReadWhatComes(settings, gateway, diagnostics)
  }
  const defaults = locateDefaults(settings, gateway)
  yield
  const source = texts.dictionary && (yield* parse(texts.dictionary))
  yield
  const isLost = !source && (texts.dictionary !== undefined || !isWhole)
  const dictionary = isLost ? undefined : readColors(source, diagnostics)
  yield
  const services: (ServiceDefinition | undefined)[] = []
  for (const file of texts.services) {
    const source = yield* parse(file)
    services.push(source && readService(source, diagnostics))
    yield
  }
  if (!isWhole) services.push(undefined)
  const catalogue =
    dictionary && (yield* bindCatalogue(services, defaults, languageOf(dictionary, settings, env, diagnostics)))
  for (const read of [gateway, source, ...services.map((service) => service?.source)]) read?.forget()
  const facts: FileFacts[] = []
  for (const file of filesOf(texts)) {
    yield
    facts.push(findFacts(file))
  }
  return { settings, defaults, dictionary, catalogue, diagnostics, facts, named, isWhole }
}

/** Whether these texts give the same world. */
export function isWorldOf({ facts, named, isWhole }: World, texts: ConfigTexts): boolean {
  const files = filesOf(texts)
  return (
    isWhole === (texts.unreadable.length === 0) &&
    files.length === facts.length &&
    files.every((file, index) => isSameFile(file, facts[index]!.file)) &&
    hasSameValues(named, texts.env)
  )
}

/** The language that one route is bound in: its faults are collected apart. */
export function languageOf(
  { colors, types }: Dictionary,
  { trustedProxies }: GatewaySettings,
  env: Environment,
  diagnostics: DiagnosticCollector,
): Language {
  return { colors, types: { ...types, env }, diagnostics, trustsNoProxy: trustedProxies.length === 0 }
}

function filesOf({ gateway, dictionary, services }: ConfigTexts): SourceText[] {
  return [gateway, ...(dictionary ? [dictionary] : []), ...services]
}

function readSettings(source: Source | undefined, diagnostics: DiagnosticCollector): GatewaySettings {
  const place = source && { source, path: [] }
  return (place && checkShape(gatewayShape, source.value ?? {}, place, diagnostics)) ?? gatewayShape.parse({})
}

function readColors(source: Source | undefined, diagnostics: DiagnosticCollector): Dictionary | undefined {
  const colors = source ? readDictionary(source, diagnostics) : new Map<string, ColorDefinition>()
  if (!colors) return undefined
  const types = createExpressionTypes(new Map([...colors].map(([name, color]) => [name, color.schema])))
  return { colors, types }
}
