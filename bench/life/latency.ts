import { Client } from './client.ts'
import { type Exchange, startConstantRate } from './constant-rate.ts'
import { readMarks } from './marks.ts'
import { findTrouble } from './page-check.ts'
import { homeHeaders, homePath, type Server, startGateway, startMarkingBackends, startPeer } from './processes.ts'
import { watchCore } from './quiet.ts'
import { type Finding, findAtMost, findNone, findOut, type LifeOptions, type LifeScenario } from './scenario.ts'
import { percentile } from './statistics.ts'

const hold = { leastMs: 5, mostMs: 50 }
const rates = [100, 500]
/** Enough requests for the compiler to have seen all of the hot path. */
const warmUpRequests = 2_500
const promisedAt = 500
const promisedMs = { p50: 1, p99: 5 }

/**
 * What the gateway adds to the slowest of five backends that take 5 to 50 ms each. A backend says on the page how long
 * it held its request, by its own clock; what was added is all of the request's time, from when it was due, without the
 * longest hold: so connections, queues, kernel and the client's own lateness are in it, the backends' timers are not.
 */
export const latency: LifeScenario = {
  name: 'latency',
  summary: `Latency added to the slowest of five backends of ${hold.leastMs} to ${hold.mostMs} ms, at fixed rates.`,
  async run({ seconds, tell }) {
    const backends = await startMarkingBackends(hold)
    try {
      const findings = await measureServer(await startGateway({ urls: backends.urls }), seconds, tell)
      const peer = await startPeer('Fastify + undici', 'bench/peers/fastify-undici.ts', backends.urls)
      return [...findings, ...(await measureServer(peer, seconds, tell))]
    } finally {
      await backends.stop()
    }
  },
}

async function measureServer(server: Server, seconds: number, tell: LifeOptions['tell']): Promise<Finding[]> {
  const client = new Client(server.port, homePath, homeHeaders)
  const send: Client['send'] = (taker) => client.send(taker)
  try {
    await startConstantRate({ perSecond: promisedAt, seconds: warmUpRequests / promisedAt }, send, () => {}).ended
    const findings: Finding[] = []
    for (const perSecond of rates) {
      const measured: Measured = { addedMs: [], lateMs: [], troubles: [] }
      const describeCore = watchCore(server.pid)
      await startConstantRate({ perSecond, seconds }, send, (exchange) => note(exchange, measured)).ended
      tell(`${server.title} at ${perSecond}/s: ${describeCore()}`)
      findings.push(...describe(server.title, perSecond, measured))
    }
    return findings
  } finally {
    client.close()
    await server.stop()
  }
}

interface Measured {
  readonly addedMs: number[]
  readonly lateMs: number[]
  readonly troubles: string[]
}

function note(exchange: Exchange, { addedMs, lateMs, troubles }: Measured): void {
  const trouble = findTrouble(exchange)
  if (trouble !== undefined) troubles.push(trouble)
  else addedMs.push(exchange.totalMs - Math.max(...readMarks(JSON.parse(exchange.answer!.body.toString()))) / 1000)
  lateMs.push(exchange.lateMs)
}

function describe(title: string, perSecond: number, { addedMs, lateMs, troubles }: Measured): Finding[] {
  const at = `${title} at ${perSecond}/s`
  const isPromised = title === 'Tessera' && perSecond === promisedAt
  const shares = (['p50', 'p99'] as const).map((name) => {
    const value = percentile(addedMs, Number(name.slice(1)))
    const what = `${at}: added, ${name}`
    return isPromised ? findAtMost(what, value, promisedMs[name], 'ms') : findOut(what, `${value.toFixed(2)} ms`)
  })
  const clientP99 = percentile(lateMs, 99)
  return [
    ...shares,
    findOut(`${at}: of it the client's own lateness, p99`, `${clientP99.toFixed(2)} ms`),
    findNone(`${at}: requests without a whole page`, troubles, addedMs.length + troubles.length),
  ]
}
