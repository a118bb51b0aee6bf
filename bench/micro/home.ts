/** The page of bench/scenarios/home, loaded as a gateway does, with a transport whose answers are there at once. */
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import type { CallContext } from '../../src/calls/call.ts'
import type { CallSite } from '../../src/calls/policy.ts'
import { Backends } from '../../src/calls/registry.ts'
import { Scope } from '../../src/cancellation.ts'
import { systemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config/read.ts'
import type { Document } from '../../src/expressions/document.ts'
import { WorkBudget } from '../../src/expressions/work.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import type { RequestParts } from '../../src/plan/request-parts.ts'
import type { AggregatedRoute } from '../../src/plan/snapshot.ts'
import { Context } from '../../src/steps/context.ts'
import { createTracer } from '../../src/telemetry/tracer.ts'
import type { TransportKind } from '../../src/transports/transport.ts'
import { describeBackends } from '../scenarios/home/data.ts'

const config = fileURLToPath(new URL('../scenarios/home/gateway.yaml', import.meta.url))
/** By path: no two backends share one. */
const bodies = new Map(
  Object.values(describeBackends()).flatMap((answers) =>
    Object.entries(answers).map(([path, body]): [string, Buffer] => [path, Buffer.from(JSON.stringify(body))]),
  ),
)

export async function loadHome(): Promise<{ route: AggregatedRoute; callSites: readonly CallSite[] }> {
  const { texts } = await readConfig({ config, env: {} })
  const { snapshot, diagnostics } = buildSnapshot(texts)
  if (!snapshot) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  const route = snapshot.routes.find((candidate) => candidate.kind === 'aggregate')!
  return { route, callSites: snapshot.callSites }
}

const type = 'application/json'
const head = { status: 200, headers: { 'content-type': type }, contentType: type, contentEncoding: undefined }

const instant: TransportKind = {
  name: 'instant',
  summary: 'answers from memory',
  open: () => ({
    send: ({ path }) => Promise.resolve({ ...head, body: bodies.get(path.split('?', 1)[0]!)! }),
    close: async () => {},
  }),
}

/** Opens call sites as a gateway does, but for the network. */
export function openCalls(callSites: readonly CallSite[]) {
  return new Backends({ clock: systemClock, transport: instant }).open(callSites).calls
}

export const request: RequestParts = {
  method: 'GET',
  path: '/mobile/home',
  params: {},
  query: { city: 'hangzhou' },
  headers: { 'x-user-id': 'u-1001' },
  cookies: {},
  body: undefined,
  ip: '127.0.0.1',
  id: 'b0f8c1d2',
}

const tracer = createTracer({ service: 'micro', sampling: 0 }, () => {})
export const propagation = { tracestate: undefined, baggage: undefined, requestId: request.id }

export function startSpan() {
  return tracer.startRequest({}, 'GET /mobile/home')
}

/** The context of a request whose five calls were answered, as the engine leaves it. */
export async function fillDocument(route: AggregatedRoute, callSites: readonly CallSite[]): Promise<Document> {
  const document = route.createDocument(request, new WorkBudget(Number.MAX_SAFE_INTEGER))
  const now = () => systemClock.now()
  const times = { clock: systemClock, now, startedAt: now(), budgetMs: 1000, deadline: now() + route.timeoutMs }
  const bounds = { maxCalls: route.maxCalls, callsLeft: route.maxCalls }
  const run = { ...bounds, calls: openCalls(callSites), records: [], propagation, stepEnded: () => {}, ...times }
  await route.run(new Context(run, document, new Scope(), startSpan()))
  return document
}

/** The same with nothing but plain values in it, for what is compiled without knowing where they come from. */
export function describeDocument(): Document {
  // biome-ignore lint/suspicious/noExplicitAny: bodies are what other people's services answer
  const body = (service: string): any => Object.values(describeBackends()[service]!)[0]
  return {
    request: {},
    steps: {},
    geo: { city: 'hangzhou' },
    user: { id: 'u-1001', profile: body('users').data.user },
    banner: { list: body('content').data.banners },
    channel: { list: body('content').data.channels },
    product: { list: body('reco').items },
    promotion: { list: body('pricing').promotions },
    brand: { list: body('brands').brands },
  }
}

/** What a call gets of a request that has just begun. */
export function createContext(route: AggregatedRoute): () => CallContext {
  const document = route.createDocument(request, new WorkBudget(Number.MAX_SAFE_INTEGER))
  const span = startSpan()
  return () => ({
    document,
    deadline: systemClock.now() + route.timeoutMs,
    scope: new Scope(),
    span,
    propagation,
  })
}

/** What is timed must do the work that it is timed for; both are compared as the JSON that a client would see. */
export function insist(actual: unknown, expected: unknown): void {
  const [is, should] = [actual, expected].map((value) => JSON.stringify(value) ?? 'null') as [string, string]
  if (isDeepStrictEqual(JSON.parse(is), JSON.parse(should))) return
  throw new Error(`what is to be timed gives ${is.slice(0, 200)}, and should ${should.slice(0, 200)}`)
}
