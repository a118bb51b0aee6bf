import { type Agent, type IncomingHttpHeaders, request } from 'node:http'
import { type Answer, Client } from '../../life/client.ts'
import { type Exchange, type Rate, startConstantRate } from '../../life/constant-rate.ts'
import { percentile } from '../../life/statistics.ts'

export type { Exchange } from '../../life/constant-rate.ts'

/** Headers of a request. */
export type Headers = Readonly<Record<string, string>>

/** Sends GETs at a constant rate over kept connections, by a client that costs little; gives what came of each. */
export async function load(port: number, path: string, rate: Rate, headers: Headers = {}): Promise<Exchange[]> {
  const client = new Client(port, path, headers)
  const exchanges: Exchange[] = []
  const note = (exchange: Exchange) => void exchanges.push(exchange)
  await startConstantRate(rate, (taker) => client.send(taker), note).ended
  client.close()
  return exchanges
}

/** Requests a second and the 99th percentile of their times, from when each was due. */
export const p99 = (exchanges: readonly Exchange[]) =>
  percentile(
    exchanges.map(({ totalMs }) => totalMs),
    99,
  )

/** The 99th percentile of how late this client was in sending: of every answer's time that much is its own. */
export const p99OfClient = (exchanges: readonly Exchange[]) =>
  percentile(
    exchanges.map(({ lateMs }) => lateMs),
    99,
  )

export const statusOf = ({ answer }: Exchange) => answer?.status ?? 0

/** Why an exchange is not the answer with this status. */
export function findTroubles(exchanges: readonly Exchange[], status = 200): string[] {
  return exchanges
    .filter((exchange) => statusOf(exchange) !== status)
    .map(({ answer, failure }) => failure ?? `${answer!.status} ${answer!.body.toString().slice(0, 150)}`)
}

/** How many of each status; 0 is no answer. */
export function countStatuses(exchanges: readonly Exchange[]): string {
  const counts = new Map<number, number>()
  for (const exchange of exchanges) counts.set(statusOf(exchange), (counts.get(statusOf(exchange)) ?? 0) + 1)
  return [...counts].map(([status, count]) => `${count} × ${status || 'no answer'}`).join(', ')
}

export interface Reply extends Answer {
  readonly headers: IncomingHttpHeaders
  readonly ms: number
}

export interface Asked {
  readonly method?: string
  readonly headers?: Headers
  readonly body?: string | Buffer
  readonly agent?: Agent | false
  readonly timeoutMs?: number
}

/** One request by Node's own client, which keeps to `Connection: close`. @throws Error when there is no whole answer */
export function ask(url: string, asked: Asked = {}): Promise<Reply> {
  const { method = 'GET', headers = {}, body, agent = false, timeoutMs = 15_000 } = asked
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const { statusCode = 0, rawHeaders } = response
        const head = rawHeaders.map((text, index) => (index % 2 === 0 ? `\r\n${text}` : `: ${text}`)).join('')
        const ms = performance.now() - startedAt
        resolve({ status: statusCode, headers: response.headers, head, body: Buffer.concat(parts), ms })
      })
    })
    sent.on('error', reject)
    sent.setTimeout(timeoutMs, () => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    sent.end(body)
  })
}
