import type { RequestParts } from '../plan/request-parts.ts'
import type { AggregatedRoute, Snapshot } from '../plan/snapshot.ts'
import type { Recover, Run } from '../steps/context.ts'
import type { Crash } from './crashes.ts'
import type { Problem, Seen } from './expectations/expectation.ts'
import type { Front } from './front.ts'
import { TestGateway } from './gateway.ts'
import { MockedBackends, type MockedBackendsOptions } from './mocked-backends.ts'
import { occasionsOf } from './occasions.ts'
import { readBody } from './sent-call.ts'
import type { RouteTest, TestExchange } from './suite.ts'
import { VirtualClock } from './virtual-clock.ts'

/** What tests run on. */
export interface TestBench {
  readonly snapshot: Snapshot
  readonly front: Front
  readonly route: AggregatedRoute
  /** Looks at what the test reaches. */
  readonly observer?: Observer | undefined
}

/** Stands between the engine and the parts of a route, and changes nothing. */
export interface Observer extends Pick<MockedBackendsOptions, 'metrics' | 'observeSite'> {
  /** In place of the route's own. */
  readonly run: Run
  readonly recover: Recover | undefined
}

export interface TestResult {
  readonly test: RouteTest
  readonly problems: readonly Problem[]
  /** What came of each request, as far as they were sent. */
  readonly seen: readonly Seen[]
  /** How long the test took, in virtual and in real time. */
  readonly virtualMs: number
  readonly ms: number
}

/** What the requests of one test share. */
interface Site {
  readonly backends: MockedBackends
  readonly clock: VirtualClock
  readonly gateway: TestGateway
}

/** More than any request may take beyond its budget: it hangs. */
const graceMs = 60_000

/** Runs one test from the beginning of time, on backends of its own. */
export async function runTest(test: RouteTest, bench: TestBench): Promise<TestResult> {
  const startedAt = performance.now()
  const clock = new VirtualClock()
  const { observer } = bench
  const backends = new MockedBackends(bench.route, { ...observer, clock })
  const route = observer ? { ...bench.route, run: observer.run, recover: observer.recover } : bench.route
  const gateway = new TestGateway({ route, calls: backends.calls, clock })
  const site: Site = { backends, clock, gateway }
  const seen: Seen[] = []
  const problems: Problem[] = []
  try {
    for (const exchange of test.exchanges) {
      const found = await runExchange(exchange, bench, site)
      if ('message' in found) {
        problems.push(found)
        break
      }
      seen.push(found)
      problems.push(...exchange.expectations.flatMap((expectation) => expectation(found) ?? []))
    }
  } finally {
    await backends.close()
  }
  if (test.exchanges.every(({ expectations }) => expectations.length === 0) && problems.length === 0) {
    const message = 'it expects nothing: say what must come of it, or let --update write what does'
    problems.push({ at: test.at, message, differences: [] })
  }
  return { test, problems, seen, virtualMs: clock.now(), ms: performance.now() - startedAt }
}

async function runExchange(exchange: TestExchange, bench: TestBench, site: Site): Promise<Seen | Problem> {
  const { backends, clock } = site
  const { source, path } = exchange.position
  const fail = (message: string): Problem => ({ at: source.locate(path), message, differences: [] })
  const { request } = exchange
  const { on } = bench.route.match
  if (on) return runOccasions(exchange, bench, site, fail)
  const found = bench.front.find(request.method, request.path)
  if (found?.route !== bench.route) {
    const target = found ? `goes to the route ${found.route.name}` : 'goes to no route'
    return fail(`${request.method} ${request.path} ${target}`)
  }
  await clock.pass(exchange.afterMs)
  let seen: Seen | undefined
  for (let sent = 0; sent < exchange.repeat; sent++) {
    backends.begin(exchange.mocks)
    try {
      seen = await sendRequest({ ...request, params: found.params }, exchange.crashes, bench, site)
    } catch (error) {
      return fail(`the request does not end: ${(error as Error).message}`)
    }
    const missed = seen.run ? seen.run.missed : exchange.crashes.map(({ text }) => text)
    if (missed.length > 0) return fail(`it does not come to the crash \`${missed[0]}\``)
    if (backends.faults.size > 0) return fail([...backends.faults].join('\n'))
  }
  return seen!
}

/** Runs what its trigger begins; the last run is looked at. */
async function runOccasions(
  exchange: TestExchange,
  bench: TestBench,
  site: Site,
  fail: (message: string) => Problem,
): Promise<Seen | Problem> {
  const { backends, clock } = site
  await clock.pass(exchange.afterMs)
  let seen: Seen | undefined
  for (let sent = 0; sent < exchange.repeat; sent++) {
    const endMs = clock.now() + (exchange.occasion.advance ?? 0)
    for (const { afterMs, parts } of occasionsOf(bench.route.match.on!, exchange.occasion, clock.epoch())) {
      await clock.pass(afterMs)
      backends.begin(exchange.mocks)
      try {
        seen = await sendRequest({ ...exchange.request, params: {}, ...parts }, exchange.crashes, bench, site)
      } catch (error) {
        return fail(`the run does not end: ${(error as Error).message}`)
      }
      if (backends.faults.size > 0) return fail([...backends.faults].join('\n'))
    }
    if (endMs > clock.now()) await clock.pass(endMs - clock.now())
  }
  return seen ?? fail('nothing is due in this time')
}

async function sendRequest(
  request: RequestParts,
  crashes: readonly Crash[],
  { route }: TestBench,
  { backends, clock, gateway }: Site,
): Promise<Seen> {
  const startedMs = clock.now()
  const answering = gateway.answer(request, crashes)
  const { outcome, status, headers, body, parts, run } = await clock.passUntil(
    answering,
    (route.durable?.timeoutMs ?? route.timeoutMs) + graceMs,
  )
  return {
    status,
    headers: readHeaders(headers),
    body: body === undefined ? undefined : readBody(body),
    outcome,
    parts,
    run,
    calls: backends.log,
    elapsedMs: clock.now() - startedMs,
  }
}

function readHeaders(flat: readonly string[]): Seen['headers'] {
  const headers: Record<string, string | string[]> = {}
  for (let at = 0; at < flat.length; at += 2) {
    const before = headers[flat[at]!]
    headers[flat[at]!] = before === undefined ? flat[at + 1]! : [before, flat[at + 1]!].flat()
  }
  return headers
}
