import { Agent } from 'node:http'
import { type Answer, Client } from '../../life/client.ts'
import { startConstantRate } from '../../life/constant-rate.ts'
import type { Gateway } from './gateway.ts'
import { ask } from './load.ts'

/** A request that failed. */
export interface Failure {
  /** Of a write; reads have none. */
  readonly id: string | undefined
  /** On the scale of `performance.now()`. */
  readonly sentAt: number
  readonly endedAt: number
  readonly trouble: string
}

export interface ReadsAndWrites {
  /** Requests that have ended. */
  readonly ended: () => number
  readonly failures: readonly Failure[]
  /** Sends no more; resolves when all that was sent has ended. */
  stop(): Promise<void>
}

const longestSeconds = 600
const writesShare = 0.2

/** GETs of `/read` and POSTs to `/write`, one in five, at a constant rate until it is stopped. */
export function startReadsAndWrites({ port, url }: Gateway, perSecond: number): ReadsAndWrites {
  const client = new Client(port, '/read', {})
  const agent = new Agent({ keepAlive: true })
  const failures: Failure[] = []
  let ended = 0
  let written = 0

  type Send = (taker: Parameters<Client['send']>[0]) => void
  /** Sends, and takes down what came of it. */
  const watch = (id: string | undefined, send: Send, taker: Parameters<Send>[0]) => {
    const sentAt = performance.now()
    send((answer, failure) => {
      ended++
      const trouble = describeTrouble(answer, failure)
      if (trouble !== undefined) failures.push({ id, sentAt, endedAt: performance.now(), trouble })
      taker(answer, failure)
    })
  }
  const write = (id: string) => {
    const headers = { 'x-request-id': id, 'content-type': 'application/json' }
    return ask(`${url}/write`, { method: 'POST', headers, body: '{}', agent })
  }
  const start = (share: number, send: Send) =>
    startConstantRate({ perSecond: perSecond * share, seconds: longestSeconds }, send, () => {})

  const reads = start(1 - writesShare, (taker) => watch(undefined, (own) => client.send(own), taker))
  const writes = start(writesShare, (taker) => {
    const id = `write-${++written}`
    const send: Send = (own) =>
      void write(id).then(
        (answer) => own(answer, undefined),
        (error: unknown) => own(undefined, String(error)),
      )
    watch(id, send, taker)
  })
  return {
    ended: () => ended,
    failures,
    async stop() {
      await Promise.all([reads.stop(), writes.stop()])
      client.close()
      agent.destroy()
    },
  }
}

function describeTrouble(answer: Answer | undefined, failure: string | undefined): string | undefined {
  if (answer?.status === 200) return undefined
  return failure ?? `${answer!.status} ${answer!.body.toString().slice(0, 400)}`
}
