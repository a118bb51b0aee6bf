import { Agent } from 'node:http'
import { connect } from 'node:net'
import { startConstantRate } from '../../life/constant-rate.ts'
import type { GatewayPromise, Sight } from '../promise.ts'
import { sendJson, startBackend } from '../scene/backend.ts'
import { type Gateway, startGateway, writeProject } from '../scene/gateway.ts'
import { ask } from '../scene/load.ts'
import { watchMachine } from '../scene/machine.ts'
import { holdsWithin, pause } from '../scene/pause.ts'
import type { Scene } from '../scene/scene.ts'
import { seeNone, seeThat, seeTimeAtMost } from '../sights.ts'

const exitMs = 10_000
const slowMs = 2_500
/** An answer that came this long after readiness failed was written after it. */
const knownAfterMs = 50

const project = {
  'dictionary.yaml': 'colors: { word: {} }\n',
  'services/slow.yaml': `service: slow
endpoints: ["\${env.SLOW_URL}"]
timeout: 60s
operations:
  quick: { get: '/wait/50', out: { word: $ } }
  slow: { get: '/wait/${slowMs}', out: { word: $ } }
  never: { get: '/wait/600000', out: { word: $ } }
`,
  ...Object.fromEntries(
    ['quick', 'slow', 'never'].map((name) => [
      `routes/${name}.yaml`,
      `match: GET /${name}\ntimeout: 60s\ndo: [ { invoke: slow.${name} } ]\nresponse: { body: $.word }\n`,
    ]),
  ),
}

/** SIGTERM under load; then once more to a gateway with a request that never ends. */
export const drain: GatewayPromise = {
  name: 'drain',
  promised:
    'SIGTERM: readiness fails first, `Connection: close` on every answer, 0 accepted requests lost, exit ≤ 10 s',
  async look(scene) {
    /** The ids of requests that got through to a backend: those were accepted. */
    const reached = new Set<string>()
    const backend = await startBackend(scene, (request, response) => {
      reached.add(String(request.headers['x-request-id']))
      const timer = setTimeout(() => sendJson(response, {}), Number(/\d+$/.exec(request.url!)![0]))
      response.once('close', () => clearTimeout(timer))
    })
    const options = { config: writeProject(scene, project).config, env: { SLOW_URL: backend.url } }
    const sights = await drainUnderLoad(scene, await startGateway(scene, options), reached)
    return [...sights, await drainWhileStuck(await startGateway(scene, options), reached)]
  },
}

async function drainUnderLoad(scene: Scene, gateway: Gateway, reached: ReadonlySet<string>): Promise<Sight[]> {
  const agent = new Agent({ keepAlive: true })
  const lost: string[] = []
  const answers: { readonly at: number; readonly closes: boolean }[] = []
  let requests = 0
  const send = async (path: string) => {
    const id = `drain-${++requests}.`
    try {
      const reply = await ask(gateway.url + path, { headers: { 'x-request-id': id }, agent })
      answers.push({ at: performance.now(), closes: reply.headers.connection === 'close' })
      if (reply.status !== 200) lost.push(`${path} was answered ${reply.status}`)
    } catch (error) {
      // A connection that was refused, or closed before the request came, brought nothing that was accepted.
      if (reached.has(id)) lost.push(`${path}: ${String(error)}`)
    }
  }
  const rate = { perSecond: scene.pick(100, 300), seconds: 30 }
  const load = startConstantRate(
    rate,
    (taker) => void send('/quick').then(() => taker(undefined, undefined)),
    () => {},
  )
  await pause(1_500)
  const slow = Array.from({ length: 20 }, () => send('/slow'))
  await pause(200)
  const tellDisturbance = watchMachine()
  const terminatedAt = performance.now()
  process.kill(gateway.pid, 'SIGTERM')
  const { unreadyAt, refusedAt } = await watchOrder(gateway)
  const hasEnded = await holdsWithin(gateway.hasEnded, 2 * exitMs)
  const exitedAfterMs = hasEnded ? performance.now() - terminatedAt : Number.POSITIVE_INFINITY
  await Promise.all([load.stop(), ...slow])
  agent.destroy()
  const late = answers.filter(({ at }) => at > unreadyAt + knownAfterMs)
  const open = late.filter(({ closes }) => !closes).map(({ at }) => `${Math.round(at - terminatedAt)} ms after SIGTERM`)
  const since = (at: number) => `${Math.round(at - terminatedAt)} ms`
  return [
    seeThat(
      'readiness fails first',
      unreadyAt < refusedAt,
      `after ${since(unreadyAt)}, the first connection refused after ${since(refusedAt)}`,
    ),
    seeNone('answers then without `Connection: close`', open, late.length),
    seeNone('accepted requests that were lost', lost, answers.length + lost.length),
    seeTimeAtMost('exit under load', exitedAfterMs, exitMs, tellDisturbance()),
  ]
}

/** When readiness was first seen to fail, and a new connection was first refused. */
async function watchOrder({ adminUrl, port, hasEnded }: Gateway): Promise<{ unreadyAt: number; refusedAt: number }> {
  let unreadyAt = Number.POSITIVE_INFINITY
  let refusedAt = Number.POSITIVE_INFINITY
  while (refusedAt === Number.POSITIVE_INFINITY && !hasEnded()) {
    const ready = await ask(`${adminUrl}/readyz`).catch(() => undefined)
    if (ready?.status === 503) unreadyAt = Math.min(unreadyAt, performance.now())
    if (!(await connects(port))) refusedAt = performance.now()
    await pause(5)
  }
  return { unreadyAt, refusedAt }
}

async function connects(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const isTaken = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  })
  socket.destroy()
  return isTaken
}

async function drainWhileStuck(gateway: Gateway, reached: ReadonlySet<string>): Promise<Sight> {
  const never = ask(`${gateway.url}/never`, { headers: { 'x-request-id': 'stuck.' }, timeoutMs: 60_000 })
  never.catch(() => {})
  await holdsWithin(() => reached.has('stuck.'), 5_000)
  const tellDisturbance = watchMachine()
  const terminatedAt = performance.now()
  process.kill(gateway.pid, 'SIGTERM')
  const hasEnded = await holdsWithin(gateway.hasEnded, 2 * exitMs)
  const ms = hasEnded ? performance.now() - terminatedAt : Number.POSITIVE_INFINITY
  return seeTimeAtMost('exit beside a request that never ends', ms, exitMs, tellDisturbance())
}
