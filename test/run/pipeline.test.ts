import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { Admission } from '../../src/admission/admission.ts'
import { Scope } from '../../src/cancellation.ts'
import { systemClock } from '../../src/clock.ts'
import { GatewayError } from '../../src/errors.ts'
import { SharedSchemes } from '../../src/identity/open-scheme.ts'
import type { RequestParts } from '../../src/plan/request-parts.ts'
import type { AggregatedRoute } from '../../src/plan/snapshot.ts'
import type { Outcome } from '../../src/run/outcome.ts'
import { openPipeline, stages } from '../../src/run/pipeline.ts'
import { RouteRequest } from '../../src/run/route-request.ts'
import type { Client, Departure, Handle, ReceivedBody, Stage } from '../../src/run/stage.ts'
import { MemoryStore } from '../../src/stores/memory.ts'
import { requestParts, silentSpan } from '../support/engine.ts'
import { loadProject, world } from '../support/project.ts'

const source = new URL('../../src/', import.meta.url)

/** What stages are opened with, as if nothing had been asked yet. */
const newParts = () => ({
  clock: systemClock,
  admission: new Admission(systemClock),
  schemes: new SharedSchemes(systemClock),
  store: new MemoryStore(1024, () => systemClock.epoch()),
  metrics: { countRouteCache() {} },
})

function home(text: string): AggregatedRoute {
  return loadProject({ ...world, 'routes/home': `match: GET /home\n${text}` }).routes[0] as AggregatedRoute
}

class TestClient implements Client {
  readonly target = '/'
  readonly scope = new Scope()
  readonly span = silentSpan
  readonly version = 'v'
  readonly headers: string[] = []
  readonly places: ((departure: Departure) => void)[] = []
  propagation = () => ({ tracestate: undefined, baggage: undefined, requestId: 'r' })
  addHeaders = (headers: readonly string[]) => void this.headers.push(...headers)
  hasBody = false
  receiveBody = (): Promise<ReceivedBody> => Promise.reject(new Error('there is none'))
  whenGone = (leave: (departure: Departure) => void) => void this.places.push(leave)
  passOn = () => {}
}

const arrive = (route: AggregatedRoute, request: Partial<RequestParts> = {}) =>
  new RouteRequest(route, requestParts(request), systemClock, systemClock.now() + 1000)

const nothing: Outcome = { kind: 'answer', status: 200, headers: {}, body: undefined, records: [], degraded: [] }

/** Runs a request through the stages of a route, to an end of the test's own. */
function pass(route: AggregatedRoute, end: Handle = () => nothing, request = arrive(route), client = new TestClient()) {
  let outcome: Outcome | undefined
  const answered = new Promise<Outcome>((resolve) => {
    openPipeline(route, newParts(), end).answer(request, client, (found) => {
      outcome = found
      resolve(found)
    })
  })
  return { request, client, answered, atOnce: outcome }
}

describe('the stages of a route', () => {
  test('are those that it declares: any other costs it not even a frame', () => {
    const framesOf = (route: AggregatedRoute) => {
      let frames = 0
      pass(route, () => {
        const { stackTraceLimit } = Error
        Error.stackTraceLimit = 50
        frames = new Error().stack!.split('\n').filter((line) => line.includes('/src/run/')).length
        Error.stackTraceLimit = stackTraceLimit
        return nothing
      })
      return frames
    }
    const plain = framesOf(home('response: { body: 1 }'))
    // The pipeline itself, and the inputs.
    expect(plain).toBe(2)
    expect(framesOf(home('etag: true\nresponse: { body: 1 }'))).toBe(plain + 1)
    expect(framesOf(home('limit: { rate: 1/s }\nbulkhead: { concurrent: 1 }\nresponse: { body: 1 }'))).toBe(plain + 3)
  })

  test('make no promise where none of them waits', () => {
    const keys = 'limit: { rate: 1/s }\nbulkhead: { concurrent: 1 }\netag: true\ncache: { ttl: 1m }'
    expect(pass(home(`${keys}\nresponse: { body: 1 }`)).atOnce).toMatchObject({ kind: 'answer', status: 200 })
  })

  test('whatever one of them throws is the outcome, told once', async () => {
    const route = home('response: { body: 1 }')
    const thrown = new GatewayError('overloaded')
    const failing: Handle[] = [
      () => {
        throw thrown
      },
      () => Promise.reject(thrown),
    ]
    for (const end of failing) expect(await pass(route, end).answered).toMatchObject({ kind: 'failure', error: thrown })
    const bug = () => {
      throw new TypeError('of ours')
    }
    expect(await pass(route, bug).answered).toMatchObject({ kind: 'failure', error: { code: 'internal' } })
  })

  test('a place in a bulkhead is kept until nothing of the request takes up room', async () => {
    const route = home('bulkhead: { concurrent: 1 }\nresponse: { body: 1 }')
    const pipeline = openPipeline(route, newParts(), () => nothing)
    const ask = (client: TestClient) =>
      new Promise<Outcome>((resolve) => pipeline.answer(arrive(route), client, resolve))
    const first = new TestClient()
    expect((await ask(first)).kind).toBe('answer')
    expect(await ask(new TestClient())).toMatchObject({ error: { code: 'overloaded' } })
    for (const leave of first.places) leave({ isServed: true, backendMs: undefined })
    expect((await ask(new TestClient())).kind).toBe('answer')
  })

  test('the time that a body takes is the client’s', async () => {
    let now = 0
    const clock = { ...systemClock, now: () => now }
    const route = loadProject({
      ...world,
      'routes/home': 'match: POST /home\ntimeout: 1s\nin: { cart.sum: $.sum }\nresponse: { body: $.cart.sum }',
    }).routes[0] as AggregatedRoute
    const request = new RouteRequest(route, requestParts({ method: 'POST' }), clock, 1000)
    const client = new TestClient()
    client.hasBody = true
    client.receiveBody = async () => {
      now = 5000
      return { value: { sum: 7 } }
    }
    let deadline = 0
    const end: Handle = (arrived) => {
      deadline = arrived.deadline
      return nothing
    }
    await pass(route, end, request, client).answered
    expect([deadline, request.document!['cart']]).toEqual([6000, { sum: 7 }])
  })
})

describe('a priority that a template gives', () => {
  const declared = "priority: \"${ request.query.tags.split(',').exists(t, t == 'vip') ? 'high' : 'low' }\""
  const tags = (count: number) => ({
    query: { tags: Array.from({ length: count }, (_, index) => `t${index}`).join(',') },
  })

  test('spends of the work of its request, and is told once', () => {
    const route = home(`${declared}\nresponse: { body: 1 }`)
    const request = arrive(route, tags(500))
    expect(request.work.spent).toBe(0)
    const { priority } = request
    const { spent } = request.work
    expect(spent).toBeGreaterThan(500)
    expect([request.priority, request.work.spent]).toEqual([priority, spent])
  })

  test('ends the request that makes it too much work, which is the client’s fault', async () => {
    const route = home(`${declared}\nmaxWork: 1000\nbulkhead: { concurrent: 1, queue: 5 }\nresponse: { body: 1 }`)
    const pipeline = openPipeline(route, newParts(), () => nothing)
    const ask = (request: RouteRequest) =>
      new Promise<Outcome>((resolve) => pipeline.answer(request, new TestClient(), resolve))
    await ask(arrive(route, tags(1)))
    const outcome = await ask(arrive(route, tags(5000)))
    expect(outcome).toMatchObject({ kind: 'failure', error: { code: 'too-much-work', status: 400 } })
  })
})

describe('the picture in ARCHITECTURE.md', () => {
  const text = readFileSync(new URL('../ARCHITECTURE.md', source), 'utf8')
  const picture = /## The stages of a request\n.*?```\n(.*?)```/s.exec(text)![1]!
  const lines = [...picture.matchAll(/^ {2}(?:[│ ] {2})[│▼] +([a-z ]+?) {2,}(\S+\.ts|to come) +((?:[RPU] )+) /gm)]
  const entries = lines.map(([line, name, file, on]) => ({
    isStage: line.startsWith('  │'),
    name: name!,
    file: file!,
    on: on!.trim(),
  }))
  const letters = { route: 'R', proxy: 'P', unmatched: 'U' }

  test('shows the stages of the list in its order, each with its file and the routes it stands before', async () => {
    const drawn = entries.filter(({ isStage, file }) => isStage && file !== 'to come')
    const listed = stages.map(({ name, on }) => ({ name, on: on.map((kind) => letters[kind]).join(' ') }))
    expect(drawn.map(({ name, on }) => ({ name, on }))).toEqual(listed)
    for (const [index, { file }] of drawn.entries()) {
      const exported = Object.values((await import(new URL(file, source).href)) as Record<string, Stage>)
      expect(exported).toContain(stages[index])
    }
  })

  test('names files that are there, and every stage that is', () => {
    const files = entries.map(({ file }) => file).filter((file) => file !== 'to come')
    expect(files.length).toBeGreaterThan(stages.length)
    for (const file of files) expect([file, existsSync(new URL(file, source))]).toEqual([file, true])
    const defined = readdirSync(new URL('run/stages/', source)).filter((file) =>
      readFileSync(new URL(`run/stages/${file}`, source), 'utf8').includes('defineStage('),
    )
    expect(defined.map((file) => `run/stages/${file}`).sort()).toEqual(
      [...new Set(files)].filter((file) => file.startsWith('run/stages/')).sort(),
    )
  })

  test('says that preflights pass by who asks, which is told before what goes by it', () => {
    const names = entries.filter(({ isStage }) => isStage).map(({ name }) => name)
    expect(entries.findIndex(({ name }) => name === 'preflight')).toBeLessThan(
      entries.findIndex(({ isStage }) => isStage),
    )
    const order = [
      'address limits',
      'authentication',
      'client limits',
      'authorization',
      'bulkhead',
      'body',
      'inputs',
      'answer cache',
    ]
    expect(names.filter((name) => order.includes(name))).toEqual(order)
  })
})
