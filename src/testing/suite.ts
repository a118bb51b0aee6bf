import { checkShape, type Position, within } from '../binding/shape.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import type { Environment } from '../environment.ts'
import type { Registry } from '../plan/extensions/registry.ts'
import type { AggregatedRoute, Snapshot } from '../plan/snapshot.ts'
import { parseYaml } from '../yaml/parse.ts'
import type { Source, SourceText } from '../yaml/source.ts'
import { bindCrashes, type Crash, reportUnrecorded } from './crashes.ts'
import type { Expectation } from './expectations/expectation.ts'
import { bindExpectations } from './expectations/index.ts'
import { bindMocks, type Mocks } from './mocks.ts'
import { bindRequest, type TestRequest } from './request.ts'
import { callsOf, type RouteCall, stepsOf } from './route-calls.ts'
import { type ExchangeDefinition, type TestDefinition, testFileShape } from './shape.ts'

/** The tests of one route, read and bound. */
export interface TestSuite {
  readonly source: Source
  readonly route: AggregatedRoute
  readonly tests: readonly RouteTest[]
}

export interface RouteTest {
  readonly name: string
  readonly at: Location
  /** One after the other, on the same backends. */
  readonly exchanges: readonly TestExchange[]
}

/** One request of a test and what must come of it. */
export interface TestExchange {
  readonly position: Position
  readonly afterMs: number
  readonly repeat: number
  readonly request: TestRequest
  readonly crashes: readonly Crash[]
  /** What begins it, where nobody asks. */
  readonly occasion: Pick<ExchangeDefinition, 'advance' | 'message'>
  /** The nearest first: its own, the test's, the file's. */
  readonly mocks: readonly Mocks[]
  readonly expectations: readonly Expectation[]
}

/** Reads the tests of one route; every fault is reported. Undefined when there is nothing to run. */
export function readSuite(
  file: SourceText,
  snapshot: Snapshot,
  env: Environment,
  diagnostics: DiagnosticCollector,
): TestSuite | undefined {
  const source = parseYaml(file, env, diagnostics)
  if (!source) return undefined
  const route = findRoute(source, snapshot, diagnostics)
  const definition = checkShape(testFileShape, source.value ?? {}, { source, path: [] }, diagnostics)
  if (!route || !definition) return undefined
  const reader = new SuiteReader(route, callsOf(route), snapshot.registry, diagnostics)
  const mocks = bindMocks(
    definition.mocks ?? {},
    { source, path: ['mocks'] },
    reader.calls,
    snapshot.registry,
    diagnostics,
  )
  const tests = definition.tests.map((test, index) => reader.test(test, { source, path: ['tests', index] }, mocks))
  return { source, route, tests }
}

/** `routes/home.test.yaml` tests `routes/home.yaml`. */
function findRoute(source: Source, snapshot: Snapshot, diagnostics: DiagnosticCollector): AggregatedRoute | undefined {
  const stem = source.path.replace(/\.test\.ya?ml$/, '')
  const route = snapshot.routes.find(({ file }) => file.replace(/\.ya?ml$/, '') === stem)
  if (route?.kind === 'aggregate') return route
  const message = route ? `${route.file} passes requests through: there is nothing to test` : `there is no ${stem}.yaml`
  diagnostics.add('file-unreadable', message, source.locate([]), 'a test file stands beside an aggregated route')
  return undefined
}

class SuiteReader {
  readonly calls: readonly RouteCall[]
  readonly #route: AggregatedRoute
  readonly #steps: ReadonlySet<string>
  readonly #registry: Registry
  readonly #diagnostics: DiagnosticCollector

  constructor(
    route: AggregatedRoute,
    calls: readonly RouteCall[],
    registry: Registry,
    diagnostics: DiagnosticCollector,
  ) {
    this.calls = calls
    this.#route = route
    this.#steps = stepsOf(route)
    this.#registry = registry
    this.#diagnostics = diagnostics
  }

  test(definition: TestDefinition, position: Position, fileMocks: Mocks): RouteTest {
    const { name, requests, mocks, ...alone } = definition
    const shared = [
      bindMocks(mocks ?? {}, within(position, 'mocks'), this.calls, this.#registry, this.#diagnostics),
      fileMocks,
    ]
    const exchanges: TestExchange[] = []
    if (!requests) exchanges.push(this.#exchange({ ...alone, repeat: 1 }, position, shared, undefined))
    for (const [index, given] of requests?.entries() ?? []) {
      exchanges.push(this.#exchange(given, within(position, 'requests', index), shared, exchanges.at(-1)?.request))
    }
    return { name, at: position.source.locate(position.path), exchanges }
  }

  /** Each is begun as it is: a route by its trigger, by a message, or by a request. */
  #occasion(given: ExchangeDefinition, { source, path }: Position): TestExchange['occasion'] {
    const { on } = this.#route.match
    const isTimed = on?.kind === 'every' || on?.kind === 'cron'
    const fits = { request: !on, message: on?.kind === 'stream', advance: isTimed }
    for (const key of ['request', 'message', 'advance'] as const)
      if (given[key] !== undefined && !fits[key]) {
        const message = `this route is not begun by what \`${key}\` says`
        this.#diagnostics.add('invalid-value', message, source.locateKey([...path, key]))
      }
    return given
  }

  #exchange(
    given: ExchangeDefinition,
    position: Position,
    shared: readonly Mocks[],
    before: TestRequest | undefined,
  ): TestExchange {
    const calls = this.calls
    const diagnostics = this.#diagnostics
    const mocks = given.mocks
      ? [bindMocks(given.mocks, within(position, 'mocks'), calls, this.#registry, diagnostics), ...shared]
      : shared
    const context = { position: within(position, 'expect'), calls, steps: this.#steps, diagnostics }
    reportUnrecorded(this.#route, given.crash === undefined ? [] : ['crash'], position, diagnostics)
    const ofRuns = (['state', 'compensated'] as const).filter((key) => given.expect?.[key] !== undefined)
    reportUnrecorded(this.#route, ofRuns, context.position, diagnostics)
    return {
      position,
      afterMs: given.after ?? 0,
      repeat: given.repeat,
      request:
        given.request === undefined && before
          ? before
          : bindRequest(given.request ?? {}, within(position, 'request'), this.#route.match, diagnostics),
      crashes: bindCrashes(given.crash, within(position, 'crash'), calls, diagnostics),
      occasion: this.#occasion(given, position),
      mocks,
      expectations: bindExpectations(given.expect ?? {}, context),
    }
  }
}
