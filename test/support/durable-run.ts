import type { IncomingMessage } from 'node:http'
import { Backends } from '../../src/calls/registry.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import { packDocument, unpackDocument } from '../../src/durable/document.ts'
import type { Sent } from '../../src/durable/inbox/message.ts'
import type { Batch } from '../../src/durable/log/entry.ts'
import { runInMemory } from '../../src/durable/memory.ts'
import type { RunEnd } from '../../src/durable/run.ts'
import type { RunState } from '../../src/durable/state.ts'
import type { AggregatedRoute, Snapshot } from '../../src/plan/snapshot.ts'
import type { Answer, Failure } from '../../src/run/outcome.ts'
import { runRecorded } from '../../src/run/recorded.ts'
import { opened } from './cleanup.ts'
import { requestParts, silentSpan } from './engine.ts'
import { startHttpServer } from './servers.ts'

/** What a backend was asked, and how often it did it: once for each key. */
export interface Shop {
  readonly url: string
  /** `POST /charge run-1:charge`, in the order in which they came. */
  readonly asked: string[]
  /** The same, each once for its key. */
  readonly effects: string[]
  readonly headers: IncomingMessage['headers'][]
}

/** Answers a request of the shop; undefined for `{ "id": "…" }`. */
export type Answering = (
  line: string,
  times: number,
) => { status: number; body?: unknown; destroy?: boolean } | undefined | Promise<undefined>

/** A backend that honors `Idempotency-Key`. */
export async function startShop(answering: Answering = () => undefined): Promise<Shop> {
  const asked: string[] = []
  const effects: string[] = []
  const headers: IncomingMessage['headers'][] = []
  const server = await opened(
    startHttpServer(async (request, response) => {
      request.resume()
      headers.push(request.headers)
      const line = `${request.method} ${request.url}`
      const told = `${line} ${request.headers['idempotency-key']}`
      asked.push(told)
      const times = asked.filter((one) => one === told).length
      const answer = await answering(line, times)
      if (answer?.destroy) return void request.socket.destroy()
      const status = answer?.status ?? 200
      if (status < 400 && !effects.includes(told)) effects.push(told)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer?.body ?? { id: `${request.url?.slice(1)}-1` }))
    }),
  )
  return { url: server.url, asked, effects, headers }
}

export interface RunOptions {
  readonly snapshot: Snapshot
  readonly body?: unknown
  readonly past?: readonly Batch[]
  /** So many batches are written; then it crashes, before the next one is. */
  readonly writes?: number
  /** What is sent to it as soon as it has begun. */
  readonly sent?: readonly Sent[]
  /** Handed what sends it something more, as soon as it has begun, and again whenever something of it is written. */
  readonly steer?: (send: (kind: string) => void, written: number, batch: Batch | undefined) => void
  readonly clock?: Clock
}

export interface Executed {
  /** Undefined where it crashed before its end. */
  readonly end: RunEnd<Answer | Failure> | undefined
  readonly batches: readonly Batch[]
  readonly parked: readonly string[]
  /** What it was at, one after the other. */
  readonly states: readonly RunState[]
}

/** Executes a run of the one route, until its end, its crash, or somebody has to look; over real sockets, through all policies. */
export async function executeRun({
  snapshot,
  body,
  past = [],
  writes = Infinity,
  sent = [],
  steer = () => {},
  clock = systemClock,
}: RunOptions): Promise<Executed> {
  const route = snapshot.routes[0] as AggregatedRoute
  const backends = await opened(new Backends({ clock: systemClock }))
  const { calls } = backends.open(route.callSites)
  const text = packDocument(route.createDocument(requestParts({ method: 'POST', body, query: {} })))
  const batches: Batch[] = past.map((batch) => JSON.parse(JSON.stringify(batch)))
  const parked: string[] = []
  const states: RunState[] = []
  let written = 0
  let send = (_kind: string) => {}
  const { end } = await runInMemory(
    {
      id: 'run-1',
      seed: 'seed',
      document: unpackDocument(text),
      past: batches.slice(),
      settings: route.durable!,
      maxWork: route.maxWork,
      clock,
      execute: (start) =>
        runRecorded(
          route,
          { clock, calls: () => calls, stepEnded() {} },
          {
            ...start,
            span: silentSpan,
            propagation: { tracestate: undefined, baggage: undefined, requestId: 'r1' },
          },
        ),
      isFailure: ({ kind }) => kind === 'failure',
      parked: (place) => parked.push(place),
      stateChanged: (state) => states.push(state),
    },
    (batch) => {
      if (written === writes) return false
      written += 1
      batches.push(JSON.parse(JSON.stringify(batch)))
      steer(send, written, batch)
      return true
    },
    (run) => {
      const known = run.log.lastMessage
      for (const [index, one] of sent.entries()) run.log.receive({ ...one, seq: known + index + 1 })
      send = (kind) => run.log.receive({ kind, name: '', seq: run.log.lastMessage + 1 })
      steer(send, 0, undefined)
    },
  )
  return { end, batches, parked, states }
}
