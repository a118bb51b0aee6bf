import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { afterFile } from './cleanup.ts'
import { patienceMs } from './waiting.ts'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A request that got no answer. */
export interface Failure {
  readonly error: Error
  /** The `x-request-id` that it was sent with. */
  readonly id: string
  /** Whether it went out on a connection that had served before. */
  readonly wasKept: boolean
}

export interface Load {
  /** Every answer, and every request that got none. */
  readonly replies: Reply[]
  readonly failures: Failure[]
  /** Sends no more; resolves when all that was sent has ended. */
  stop(): Promise<void>
}

const mostAtOnce = 5

/** Sends requests at a steady rate over kept connections, whatever becomes of those before. */
export function startLoad(targets: () => string, perSecond: number): Load {
  const agent = new Agent({ keepAlive: true })
  const replies: Reply[] = []
  const failures: Failure[] = []
  const pending = new Set<Promise<void>>()
  let sent = 0
  const send = () => {
    sent += 1
    const reply = get(targets(), agent, `load-${sent}.`).then(
      (one) => void replies.push(one),
      (failure: Failure) => void failures.push(failure),
    )
    pending.add(reply)
    void reply.then(() => pending.delete(reply))
  }
  let due = 0
  let lookedAt = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    // What we did not come to send in time is left out: sent all at once it would be another load.
    due = Math.min(due + ((now - lookedAt) / 1000) * perSecond, mostAtOnce)
    lookedAt = now
    for (; due >= 1; due -= 1) send()
  }, 5)
  const stop = async () => {
    clearInterval(timer)
    await Promise.all(pending)
    agent.destroy()
  }
  afterFile(stop)
  return { replies, failures, stop }
}

/** Rejects with a `Failure`. */
export function get(url: string, agent: Agent | false = false, id = ''): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers: { 'x-request-id': id } }, async (response) => {
      try {
        let body = ''
        response.setEncoding('utf8')
        for await (const chunk of response) body += chunk
        resolve({ status: response.statusCode!, headers: response.headers, body })
      } catch (error) {
        fail(error)
      }
    })
    const fail = (error: unknown) => reject({ error, id, wasKept: sent.reusedSocket })
    sent.on('error', fail)
    sent.setTimeout(patienceMs, () => sent.destroy(new Error('no answer')))
    sent.end()
  })
}
