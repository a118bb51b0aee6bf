import { nameModule } from '../config/extensions/extension-module.ts'
import type { ConfigTexts } from '../config/texts.ts'
import { ExtensionFault } from '../definition.ts'
import { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { applySuppressions } from '../yaml/suppressions.ts'
import { bindCertificates, type ListenerTls } from './certificates.ts'
import { checkDefinitionsAreUsed } from './checks/definitions-are-used.ts'
import { checkSharedOutputsAreUsed } from './checks/outputs-are-used.ts'
import { checkPoliciesOfServicesHold } from './checks/policies-of-services-hold.ts'
import { checkPresetsAreUsed } from './checks/presets-are-used.ts'
import { checkRoutesAreDistinct } from './checks/routes-are-distinct.ts'
import { checkToolsAreThere, checkToolsCanBeCalled } from './checks/tools-can-be-called.ts'
import { checkFollowedRoutesAreThere } from './checks/triggers-can-begin.ts'
import { hashContent } from './hash.ts'
import { BuildMemory } from './memory.ts'
import { isUnitOf, type RouteUnit, readRoute } from './route-unit.ts'
import type { LoadResult, Route } from './snapshot.ts'
import { runToEnd, type Work } from './work.ts'
import { isWorldOf, readWorld, type World } from './world.ts'

/**
 * Texts → snapshot, or the diagnostics of all that is wrong with them. A pure function: no I/O, no clock. Everything
 * that looks at a configuration (serve, dev, check, reload) goes through here.
 */
export function buildSnapshot(texts: ConfigTexts, memory = new BuildMemory()): LoadResult {
  return runToEnd(buildInSteps(texts, memory))
}

/**
 * The same, in steps of a route at most, for one who has something else to do meanwhile. `memory` makes the next build
 * cheaper and changes nothing about its result.
 */
export function* buildInSteps(texts: ConfigTexts, memory: BuildMemory): Work<LoadResult> {
  const { world: last } = memory
  const world = last && isWorldOf(last, texts) ? last : yield* readWorld(texts)
  const units = yield* readRoutes(texts, world, memory)
  memory.keep(world, units)
  const late = new DiagnosticCollector()
  const tls = bindCertificates(world, texts, late)
  const { told, hasErrors } = yield* gatherDiagnostics(texts, world, units, late)
  yield
  const { dictionary, catalogue, standing: parts, settings, registry, auth } = world
  const { ownAccess, toolsAccess, adminAccess } = world
  if (hasErrors || !dictionary || !catalogue || !registry.isWhole) return { snapshot: undefined, diagnostics: told }
  const routes: Route[] = []
  const asserted = units.flatMap((unit) => unit.asserted)
  for (const unit of units) {
    if (!unit.isCompiled) yield
    try {
      routes.push(unit.compile(asserted))
    } catch (thrown) {
      if (!(thrown instanceof ExtensionFault)) throw thrown
      const at = { file: unit.facts.file.path, line: 1, column: 1, endLine: 1, endColumn: 2 }
      const broken = new DiagnosticCollector()
      broken.add('invalid-extension', thrown.message, at, 'the extension has to be mended, or not be used')
      return { snapshot: undefined, diagnostics: [...told, ...broken.sorted()] }
    }
  }
  const callSites = routes.flatMap((route) => (route.kind === 'aggregate' ? route.callSites : []))
  const version = versionOf(world, units, tls)
  const { colors } = dictionary
  return {
    snapshot: Object.freeze({
      version,
      texts,
      settings,
      routes,
      callSites,
      colors,
      catalogue,
      auth,
      ownAccess,
      toolsAccess,
      adminAccess,
      parts,
      registry,
      tls,
    }),
    diagnostics: told,
  }
}

function* readRoutes({ routes, env }: ConfigTexts, world: World, memory: BuildMemory): Work<RouteUnit[]> {
  const units: RouteUnit[] = []
  for (const file of routes) {
    const kept = memory.unitOf(file)
    if (kept && isUnitOf(kept, file, env, world)) units.push(kept)
    else {
      units.push(yield* readRoute(file, env, world))
      yield
    }
  }
  return units
}

/** All that is wrong, and what the files tell to be silent about left out. */
function* gatherDiagnostics(
  { unreadable, passedOver = [] }: ConfigTexts,
  world: World,
  units: readonly RouteUnit[],
  late: DiagnosticCollector,
): Work<{ told: readonly Diagnostic[]; hasErrors: boolean }> {
  const diagnostics = new DiagnosticCollector()
  for (const { path, reason, named } of unreadable) {
    // The gateway's file has been told of those.
    if (named !== undefined) continue
    const at = { file: path, line: 1, column: 1, endLine: 1, endColumn: 2 }
    diagnostics.add('file-unreadable', `${path} cannot be read: ${reason}`, at)
  }
  for (const path of passedOver) {
    const at = { file: path, line: 1, column: 1, endLine: 1, endColumn: 2 }
    const help = 'give it a name that ends in .yaml, or put it elsewhere'
    diagnostics.add(
      'file-passed-over',
      `${path} is not read: its name is not that of a file of the configuration`,
      at,
      help,
    )
  }
  diagnostics.addAll(world.diagnostics)
  diagnostics.addAll(late)
  for (const unit of units) diagnostics.addAll(unit.diagnostics)
  yield
  const claims = units.flatMap(({ claim }) => claim ?? [])
  checkRoutesAreDistinct(claims, world.settings, diagnostics)
  if (claims.length === units.length) checkFollowedRoutesAreThere(claims, diagnostics)
  if (world.isWhole) checkToolsCanBeCalled(claims, world.settings, diagnostics)
  yield
  checkSharedOutputsAreUsed(
    units.flatMap(({ unusedOutputs }) => unusedOutputs ?? []),
    diagnostics,
  )
  yield
  if (!diagnostics.hasErrors) {
    checkPresetsAreUsed(world, units, diagnostics)
    checkDefinitionsAreUsed(world, units, diagnostics)
    checkPoliciesOfServicesHold(world, units, diagnostics)
    checkToolsAreThere(claims, world, diagnostics)
  }
  const suppressions = [...world.facts, ...units.map(({ facts }) => facts)].flatMap((facts) => facts.suppressions)
  return { told: applySuppressions(yield* diagnostics.sortedInSteps(), suppressions), hasErrors: diagnostics.hasErrors }
}

/** Of every file, every extension, and of every variable that a file names. */
function versionOf(world: World, units: readonly RouteUnit[], tls: readonly ListenerTls[]): string {
  const hashes = [...world.facts, ...units.map(({ facts }) => facts)].map(({ hash }) => hash)
  const named = new Map(world.named)
  for (const unit of units) for (const [name, value] of unit.named) named.set(name, value)
  const extensions = world.extensions.map(nameModule)
  const env = [...named].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}=${value ?? ''}`)
  return hashContent(hashes.join(' '), ...extensions, ...tls.map(({ key }) => key), ...env)
}
