import type { CallSite } from '../backends/call.ts'
import { readDictionary } from '../config/dictionary.ts'
import { type GatewaySettings, gatewayShape } from '../config/gateway.ts'
import type { ConfigTexts } from '../config/read.ts'
import { readService } from '../config/service.ts'
import { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { ColorDefinition, Language } from '../language/color.ts'
import { checkShape } from '../language/shape.ts'
import { type ParsedRoute, parseRoute } from '../routes/route.ts'
import { createExpressionTypes } from '../values/expression.ts'
import { parseYaml } from '../yaml/parse.ts'
import { applySilences } from '../yaml/silences.ts'
import type { SourceText } from '../yaml/source.ts'
import { bindRoute } from './bind-route.ts'
import type { BoundRoute } from './bound-route.ts'
import { bindCatalogue } from './catalogue.ts'
import { routeChecks } from './checks/index.ts'
import { checkOutputsAreUsed } from './checks/outputs-are-used.ts'
import { checkRoutesAreDistinct } from './checks/routes-are-distinct.ts'
import { compileRoute } from './compile-route.ts'
import { locateDefaults } from './defaults.ts'
import { hashContent } from './hash.ts'
import { bindPassthrough } from './passthrough.ts'
import type { LoadResult, PassthroughRoute } from './snapshot.ts'

/**
 * Texts → snapshot, or the diagnostics of all that is wrong with them. A pure function: no I/O, no clock. Everything
 * that looks at a configuration (serve, dev, check, reload) goes through here.
 */
export function buildSnapshot(texts: ConfigTexts): LoadResult {
  const diagnostics = new DiagnosticCollector()
  for (const { path, reason } of texts.unreadable) {
    diagnostics.add('file-unreadable', `${path} cannot be read: ${reason}`, {
      file: path,
      line: 1,
      column: 1,
      endLine: 1,
      endColumn: 2,
    })
  }
  const parse = (file: SourceText) => parseYaml(file, texts.env, diagnostics)
  const { settings, defaults } = readSettings(texts, parse, diagnostics)
  const language = readLanguage(texts, parse, diagnostics)
  const services = texts.services.map(parse).map((source) => source && readService(source, diagnostics))
  if (texts.unreadable.length > 0) services.push(undefined)
  const catalogue = language && bindCatalogue(services, defaults, language)
  const callSites: CallSite[] = []
  const read = texts.routes.flatMap((file): ReadRoute | [] => {
    const source = parse(file)
    const parsed = source && parseRoute(source, diagnostics)
    // Without the dictionary every color would be unknown.
    if (!parsed || !language || !catalogue) return parsed ? { parsed } : []
    if (parsed.definition.proxy !== undefined)
      return { parsed, passthrough: bindPassthrough(parsed, catalogue, settings, diagnostics) }
    const bound = bindRoute(parsed, catalogue, callSites, defaults, language)
    for (const check of routeChecks) check(bound, language)
    source.forget()
    return { parsed, bound }
  })
  checkRoutesAreDistinct(
    read.map(({ parsed }) => parsed),
    diagnostics,
  )
  checkOutputsAreUsed(
    read.flatMap(({ bound }) => bound ?? []),
    diagnostics,
  )
  for (const service of services) service?.source.forget()
  const told = applySilences(diagnostics.sorted(), filesOf(texts))
  if (diagnostics.hasErrors || !language || !catalogue) return { snapshot: undefined, diagnostics: told }
  const routes = read.map(({ parsed, bound, passthrough }) => passthrough ?? compileRoute(parsed, bound!))
  const version = versionOf(texts)
  const { colors } = language
  return { snapshot: Object.freeze({ version, settings, routes, callSites, colors, catalogue }), diagnostics: told }
}

/** A route as far as it could be read. */
interface ReadRoute {
  readonly parsed: ParsedRoute
  readonly bound?: BoundRoute
  readonly passthrough?: PassthroughRoute | undefined
}

type Parse = (file: SourceText) => ReturnType<typeof parseYaml>

function readSettings(texts: ConfigTexts, parse: Parse, diagnostics: DiagnosticCollector) {
  const source = texts.gateway.text === '' ? undefined : parse(texts.gateway)
  const settings: GatewaySettings =
    (source && checkShape(gatewayShape, source.value ?? {}, { source, path: [] }, diagnostics)) ??
    gatewayShape.parse({})
  return { settings, defaults: locateDefaults(settings, source) }
}

function readLanguage(texts: ConfigTexts, parse: Parse, diagnostics: DiagnosticCollector): Language | undefined {
  const source = texts.dictionary && parse(texts.dictionary)
  if (!source && (texts.dictionary || texts.unreadable.length > 0)) return undefined
  const colors = source ? readDictionary(source, diagnostics) : new Map<string, ColorDefinition>()
  if (!colors) return undefined
  const types = createExpressionTypes(new Map([...colors].map(([name, color]) => [name, color.schema])))
  return { colors, types, diagnostics }
}

function filesOf({ gateway, dictionary, services, routes }: ConfigTexts): SourceText[] {
  return [gateway, ...(dictionary ? [dictionary] : []), ...services, ...routes]
}

function versionOf(texts: ConfigTexts): string {
  const files = filesOf(texts)
  const named = new Set(
    files.flatMap((file) => [...file.text.matchAll(/\$\{env\.([A-Za-z_]\w*)/g)].map((match) => match[1]!)),
  )
  const env = [...named].sort().map((name) => `${name}=${texts.env[name] ?? ''}`)
  return hashContent(...files.flatMap((file) => [file.path, file.text]), ...env)
}
