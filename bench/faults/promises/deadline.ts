import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { median, percentile } from '../../life/statistics.ts'
import type { GatewayPromise, Sight } from '../promise.ts'
import { sendJson, startBackend } from '../scene/backend.ts'
import { type Gateway, startGateway, writeProject } from '../scene/gateway.ts'
import { ask, countStatuses, type Exchange, load, p99 } from '../scene/load.ts'
import { watchMachine } from '../scene/machine.ts'
import { holdsWithin, pause } from '../scene/pause.ts'
import type { Scene } from '../scene/scene.ts'
import { seeAtMost, seeThat, seeTimeAtMost } from '../sights.ts'

const budgetMs = 300
const graceMs = 50
const closeMs = 300
const usualMs = 50

const project = {
  'dictionary.yaml': 'colors: { first: {}, second: {} }\n',
  'services/late.yaml': `service: late
endpoints: ["\${env.LATE_URL}"]
timeout: 5s
operations:
  call:  { get: '/wait/${usualMs}', out: { first: $ } }
  slow:  { get: '/wait/${10 * usualMs}', out: { first: $ } }
  never: { get: '/never', out: { first: $ } }
  then:  { get: '/wait/1', out: { second: $ } }
`,
  'routes/slow.yaml': route('slow', 'late.slow'),
  'routes/hung.yaml': route('hung', 'late.never'),
  'routes/usual.yaml': route('usual', 'late.call'),
  'routes/two.yaml': `match: GET /two\ntimeout: ${budgetMs}ms\ndo: [ { invoke: late.call }, { invoke: late.then } ]\nresponse: { body: [ $.first, $.second ] }\n`,
  'routes/patient.yaml':
    'match: GET /patient\ntimeout: 60s\ndo: [ { invoke: late.never, timeout: 60s } ]\nresponse: { body: $.first }\n',
}

/** A call that the backend was asked for. */
interface Seen {
  readonly path: string
  readonly at: number
  readonly remainingMs: number
  closedAt: number | undefined
}

/** Backends that are late in three ways, against the clock of the client. */
export const deadline: GatewayPromise = {
  name: 'deadline',
  promised: `backend 10× slow, hung, or its pool saturated: p99 ≤ budget + ${graceMs} ms; a cancelled call’s socket is closed ≤ ${closeMs} ms; the remaining budget travels on as a header`,
  async look(scene) {
    const calls: Seen[] = []
    const backend = await startBackend(scene, (request, response) => answer(request, response, calls))
    const { config } = writeProject(scene, project)
    const gateway = await startGateway(scene, { config, env: { LATE_URL: backend.url } })
    await load(gateway.port, '/usual', { perSecond: 100, seconds: 2 })
    return [
      await lookAtBudget(scene, gateway, 'backend 10× slow', '/slow', 60),
      await lookAtBudget(scene, gateway, 'hung backend', '/hung', 60),
      // 64 connections of 300 ms each take 213 calls a second.
      await lookAtBudget(scene, gateway, 'saturated pool', '/hung', 450),
      await lookAtTimeoutsSockets(calls),
      await lookAtHangUp(scene, gateway, calls),
      await lookAtHeader(gateway, calls),
    ]
  },
}

function answer({ url = '', headers, socket }: IncomingMessage, response: ServerResponse, calls: Seen[]): void {
  const remainingMs = Number(headers['x-envoy-expected-rq-timeout-ms'] ?? Number.NaN)
  const seen: Seen = { path: url, at: performance.now(), remainingMs, closedAt: undefined }
  calls.push(seen)
  const note = () => {
    seen.closedAt = performance.now()
  }
  socket.once('close', note)
  response.once('finish', () => socket.off('close', note))
  const waitMs = /\/wait\/(\d+)$/.exec(url)?.[1]
  if (waitMs !== undefined) setTimeout(() => sendJson(response, {}), Number(waitMs))
}

function route(path: string, operation: string): string {
  return `match: GET /${path}\ntimeout: ${budgetMs}ms\ndo: [ { invoke: ${operation} } ]\nresponse: { body: $.first }\n`
}

async function lookAtBudget(scene: Scene, gateway: Gateway, what: string, path: string, perSecond: number) {
  const tries = 3
  const tellDisturbance = watchMachine()
  const all: Exchange[] = []
  const p99s: number[] = []
  for (let count = 0; count < tries; count++) {
    const exchanges = await load(gateway.port, path, { perSecond, seconds: scene.pick(2, 8) })
    all.push(...exchanges)
    p99s.push(p99(exchanges))
  }
  const title = `p99 at ${perSecond}/s, ${what} (${countStatuses(all)})`
  return seeTimeAtMost(title, median(p99s), budgetMs + graceMs, tellDisturbance())
}

/** Of the calls that the gateway gave up when the budget ended: how long after it their sockets were closed. */
async function lookAtTimeoutsSockets(calls: readonly Seen[]): Promise<Sight> {
  await pause(2 * closeMs)
  const cancelled = calls.filter(({ path }) => path === '/never')
  const lateMs = cancelled.map(({ at, closedAt, remainingMs }) => (closedAt ?? Number.MAX_VALUE) - at - remainingMs)
  const what = `sockets of ${cancelled.length} calls given up, closed after, p99`
  return seeTimeAtMost(what, percentile(lateMs, 99), closeMs, undefined)
}

/** Clients that hang up while their call is under way. */
async function lookAtHangUp(scene: Scene, { port }: Gateway, calls: Seen[]): Promise<Sight> {
  calls.length = 0
  const times: number[] = []
  for (let count = 0; count < scene.pick(5, 20); count++) {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    socket.write('GET /patient HTTP/1.1\r\nHost: a\r\n\r\n')
    await holdsWithin(() => calls.length > count, 5_000)
    const hungUpAt = performance.now()
    socket.destroy()
    await holdsWithin(() => calls.at(-1)?.closedAt !== undefined, 2_000)
    times.push((calls.at(-1)?.closedAt ?? Number.MAX_VALUE) - hungUpAt)
  }
  return seeAtMost('the call’s socket after its client hung up, most', Math.max(...times), closeMs, 'ms')
}

async function lookAtHeader({ url }: Gateway, calls: Seen[]): Promise<Sight> {
  calls.length = 0
  await ask(`${url}/two`)
  const [first = Number.NaN, second = Number.NaN] = calls.map(({ remainingMs }) => remainingMs)
  const isRight = first <= budgetMs && first > 0 && second > 0 && second <= first - usualMs + 2
  const seen = `first call ${first} ms, second ${second} ms of ${budgetMs}`
  return seeThat('remaining budget in the header', isRight, seen, `second ≤ first − ${usualMs} ms`)
}
