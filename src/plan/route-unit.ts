import type { Language } from '../binding/color.ts'
import { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Environment } from '../environment.ts'
import { type ParsedRoute, parseRoute } from '../routes/route.ts'
import { parseYamlInSteps } from '../yaml/parse.ts'
import type { SourceText } from '../yaml/source.ts'
import { type BindGuard, bindAccess } from './access.ts'
import { type AssertedHeader, headersAssertedBy, withhold } from './asserted-headers.ts'
import { bindRoute } from './bind-route.ts'
import type { BoundRoute } from './bound-route.ts'
import { checkIsKept } from './checks/durable-runs-are-kept.ts'
import { routeChecks } from './checks/index.ts'
import { checkListenersExist } from './checks/listeners-exist.ts'
import { checkOutputsAreUsed, type UnusedOutputs } from './checks/outputs-are-used.ts'
import { claimOf, type RouteClaim } from './checks/routes-are-distinct.ts'
import { checkTriggerCanBegin } from './checks/triggers-can-begin.ts'
import { compileRoute } from './compile-route.ts'
import { type FileFacts, findFacts, isSameFile } from './file-facts.ts'
import { nameMeaning } from './meaning.ts'
import { hasSameValues, type NamedEnvironment, recordEnvironment } from './named-environment.ts'
import { bindPassthrough } from './passthrough.ts'
import { isInherited, passOver, type RouteSettings, settleRoute } from './route-settings.ts'
import { bindQuestions } from './scheme-questions.ts'
import type { PassthroughRoute, Route } from './snapshot.ts'
import { whyUnkept } from './whole-answers.ts'
import type { Work } from './work.ts'
import { languageOf, type World } from './world.ts'

/** One route's file with all that can be told of it without looking at other routes. */
export class RouteUnit {
  readonly facts: FileFacts
  readonly named: NamedEnvironment
  readonly world: World
  /** What is wrong with the route. */
  readonly diagnostics: DiagnosticCollector
  readonly usedNames: ReadonlySet<string>
  /** Undefined when it cannot be read at all. */
  readonly claim: RouteClaim | undefined
  readonly unusedOutputs: UnusedOutputs | undefined
  readonly #bound: BoundRoute | PassthroughRoute | undefined
  #route: Route | undefined
  #withheldFor = ''
  #asserted: readonly AssertedHeader[] | undefined

  constructor(
    origin: Pick<RouteUnit, 'facts' | 'named' | 'world' | 'diagnostics' | 'usedNames'>,
    claim: RouteClaim | undefined,
    bound: BoundRoute | PassthroughRoute | undefined,
    unusedOutputs: UnusedOutputs | undefined,
  ) {
    this.facts = origin.facts
    this.named = origin.named
    this.world = origin.world
    this.diagnostics = origin.diagnostics
    this.usedNames = origin.usedNames
    this.claim = claim
    this.unusedOutputs = unusedOutputs
    this.#bound = bound
  }

  /** With everything resolved, as far as that went; undefined for a passthrough, or when it cannot be read at all. */
  get bound(): BoundRoute | undefined {
    return this.#bound && !('kind' in this.#bound) ? this.#bound : undefined
  }

  /** What it tells services of who asks. Only for one without errors. */
  get asserted(): readonly AssertedHeader[] {
    this.#asserted ??= this.#bound ? headersAssertedBy(this.#bound) : []
    return this.#asserted
  }

  get isCompiled(): boolean {
    return this.#route !== undefined
  }

  /**
   * Only for one without errors. Compiles it the first time, and gives the same route ever after, while the routes around it
   * tell services the same of who asks.
   */
  compile(asserted: readonly AssertedHeader[]): Route {
    const bound = this.#bound
    if (!bound) throw new Error(`${this.facts.file.path} has errors and is not compiled`)
    if (!('kind' in bound)) {
      this.#route ??= heeding(
        compileRoute(bound, () => nameMeaning(this)),
        this.world,
      )
      return this.#route
    }
    const route = withhold(bound, asserted)
    const withheldFor = [...route.passes.withheld].sort().join()
    if (this.#route === undefined || withheldFor !== this.#withheldFor) this.#route = route
    this.#withheldFor = withheldFor
    return this.#route
  }
}

/** With whose wishes to be recorded it heeds. */
function heeding<Some extends Route>(route: Some, { debug }: Pick<World, 'debug'>): Some {
  return debug ? { ...route, debug } : route
}

const none: ReadonlySet<string> = new Set()

/** Characters. */
const largeFrom = 10_000

/** Parses, binds and checks a route: a function of its text, the variables that it names, and the world. */
export function* readRoute(
  file: SourceText,
  environment: Environment,
  world: World,
  mention?: Language['mention'],
): Work<RouteUnit> {
  const diagnostics = new DiagnosticCollector()
  const { env, named } = recordEnvironment(environment)
  const origin = { facts: findFacts(file), named, world, diagnostics, usedNames: none }
  const source = yield* parseYamlInSteps(file, env, diagnostics)
  const parsed = source && parseRoute(source, world.registry.steps, diagnostics)
  // What is small is done in a step.
  const isLarge = file.text.length > largeFrom
  if (isLarge) yield
  if (!parsed) return new RouteUnit(origin, undefined, undefined, undefined)
  const { dictionary, settings } = world
  const usedNames = new Set<string>()
  const language = dictionary && { ...languageOf(dictionary, settings, env, diagnostics, mention), usedNames }
  const bound = language && (yield* bind(parsed, world, language, isLarge))
  const unusedOutputs = bound && !('kind' in bound) ? checkOutputsAreUsed(bound, diagnostics) : undefined
  source.forget()
  return new RouteUnit({ ...origin, usedNames }, claimOf(parsed), bound, unusedOutputs)
}

/** Whether a file would give this unit. */
export function isUnitOf(unit: RouteUnit, file: SourceText, environment: Environment, world: World): boolean {
  return unit.world === world && isSameFile(unit.facts.file, file) && hasSameValues(unit.named, environment)
}

function* bind(
  parsed: ParsedRoute,
  world: World,
  around: Language,
  isLarge: boolean,
): Work<BoundRoute | PassthroughRoute | undefined> {
  const { catalogue, parts, defaults, auth, settings, askedOperations } = world
  if (!catalogue) return undefined
  checkListenersExist(parsed, settings, around.diagnostics)
  const said = settleRoute(parsed, defaults, around)
  const access = parsed.match.on ? undefined : bindAccess(parsed, said, auth, defaults.presets, around)
  const language = {
    ...around,
    fillsClaims: access !== undefined,
    saysCors: around.saysCors || said.cors !== undefined,
  }
  const { source } = parsed.position
  const guardAt = source.locate([parsed.definition.auth === undefined ? 'match' : 'auth'])
  const guard: BindGuard = (inputs) =>
    bindQuestions(access, parsed.name, inputs, askedOperations, catalogue, guardAt, language)
  if (parsed.definition.proxy !== undefined) {
    const passed = bindPassthrough(parsed, said, catalogue, defaults, guard, language)
    return passed && heeding(passed, world)
  }
  const bindWith = (holding: RouteSettings) => bindRoute(parsed, holding, catalogue, parts, defaults, guard, language)
  let bound = bindWith(said)
  if (said.cache?.value && isInherited(said.cache)) {
    const [why] = whyUnkept(bound)
    if (why) bound = bindWith({ ...said, cache: passOver(said.cache, why.message) })
  }
  checkIsKept(bound, settings, language)
  checkTriggerCanBegin(bound, settings, language)
  for (const check of routeChecks) {
    if (isLarge) yield
    check(bound, language)
  }
  return bound
}
