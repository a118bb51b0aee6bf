import type { Request, Response } from 'express'
import type { History } from '../../history/history.ts'
import { outcomes } from '../../history/recording.ts'
import { endWhenExpired } from '../http/expiry.ts'
import type { Serving } from '../lifecycle/serving.ts'
import { askingEndsAt } from './audit.ts'
import {
  type AdminEndpoint,
  type AdminParameter,
  anything,
  flag,
  integer,
  json,
  list,
  number,
  object,
  type Schema,
  text,
} from './endpoint.ts'
import { sendAdminProblem } from './problem.ts'

const mostRuns = 500
const usualRuns = 50
/** So that nobody in between takes a silent stream for a dead one. */
const heartbeatMs = 15_000

const texts: Schema = { type: 'object', additionalProperties: text }
const call = object({
  step: text,
  source: { enum: ['live', 'cache', 'stale', 'coalesced', 'fallback', 'skipped'] },
  'error?': text,
  'status?': integer,
  attempts: integer,
  startedMs: number,
  ms: number,
})
const summaryMembers = {
  id: text,
  at: { type: 'number', description: 'When it began, in milliseconds since the epoch.' },
  ms: number,
  'route?': text,
  method: text,
  path: text,
  status: integer,
  outcome: { enum: outcomes },
  isSlow: flag,
  why: { enum: ['sample', 'error', 'degraded', 'slow', 'asked'] },
  'error?': text,
  bytes: integer,
  traceId: text,
  requestId: text,
  version: text,
  calls: list(call),
  colors: texts,
}
const event = object({ name: text, atMs: number, attributes: anything })
const attempt = object({
  startMs: number,
  'endMs?': number,
  'endpoint?': text,
  'status?': integer,
  'error?': text,
  isHedge: flag,
  isMirror: flag,
  attributes: anything,
})
const recordedCall = object({
  service: text,
  operation: text,
  template: text,
  inputs: anything,
  request: object({ method: text, path: text, headers: anything, bytes: integer, 'body?': anything }),
  'answer?': object({
    status: integer,
    source: text,
    'type?': text,
    bytes: integer,
    'version?': text,
    values: anything,
    'body?': anything,
  }),
})
const step = object({
  name: text,
  kind: text,
  'parent?': integer,
  startMs: number,
  'endMs?': number,
  'error?': text,
  events: list(event),
  attempts: list(attempt),
  calls: list(recordedCall),
})
const lineage = object({
  member: text,
  color: text,
  at: text,
  'step?': text,
  'operation?': text,
  'from?': text,
  'mappedAt?': text,
  'source?': text,
  'attempt?': integer,
  'ms?': number,
})
const summary = object(summaryMembers)
const run = object({
  ...summaryMembers,
  request: object({ method: text, path: text, inputs: anything, attributes: anything }),
  steps: list(step),
  events: list(event),
  document: anything,
  response: object({ status: integer, headers: anything, 'type?': text, bytes: integer, 'body?': anything }),
  failures: list(anything),
  'exit?': text,
  'passedTo?': object({ 'service?': text, 'endpoint?': text, 'attempts?': integer }),
  more: integer,
  lineage: list(lineage),
})

const filter: AdminParameter = {
  in: 'query',
  name: 'filter',
  description:
    'One line of text: `status:degraded route:home ms:>500 color:user.id=u1 -step:recommend`. Keys: status, ms, route, method, path, error, why, trace, request, id, version, step, failed, source, color, since, until.',
  schema: text,
}

/** What was recorded of requests. */
export function historyEndpoints({ serving }: { readonly serving: Serving }): AdminEndpoint[] {
  return [
    {
      method: 'get',
      path: '/-/history',
      role: 'viewer',
      summary: 'Recorded requests, the newest first.',
      parameters: [
        filter,
        { in: 'query', name: 'cursor', description: 'Goes on where `next` of a page says.', schema: text },
        { in: 'query', name: 'limit', description: `At most ${mostRuns}; ${usualRuns} unless said.`, schema: integer },
      ],
      answers: json(object({ runs: list(summary), 'next?': text, kept: object({ runs: integer, bytes: integer }) })),
      handle: (request, response) =>
        withHistory(serving, response, (history) => answerList(history, request, response)),
    },
    {
      method: 'get',
      path: '/-/history/live',
      role: 'viewer',
      summary: 'The same as they are recorded, as server-sent events: `run`, each a summary.',
      parameters: [filter],
      answers: { 200: { type: 'text/event-stream', schema: text } },
      handle: (request, response) =>
        withHistory(serving, response, (history) => stream(history, serving, request, response)),
    },
    {
      method: 'get',
      path: '/-/history/:id',
      role: 'viewer',
      summary: 'A recorded request as a whole, and where each member of its answer came from.',
      parameters: [{ in: 'path', name: 'id', description: 'Of a summary.', schema: text }],
      answers: json(run),
      handle: (request, response) =>
        withHistory(serving, response, async (history) => {
          const found = await history.get(String(request.params['id']))
          if (found) response.json(found)
          else sendAdminProblem(response, 404, 'no such recording is kept')
        }),
    },
  ]
}

async function withHistory(
  { records }: Serving,
  response: Response,
  answer: (history: History) => void | Promise<void>,
): Promise<void> {
  if (records) await answer(records.history)
  else sendAdminProblem(response, 404, 'nothing is recorded: say `history:` in the gateway’s file')
}

async function answerList(history: History, { query }: Request, response: Response): Promise<void> {
  const limit = query['limit'] === undefined ? usualRuns : Number(query['limit'])
  if (!Number.isInteger(limit) || limit < 1 || limit > mostRuns) {
    sendAdminProblem(response, 400, `\`limit\` is a number from 1 to ${mostRuns}`)
    return
  }
  const page = await history.list(textOf(query['filter']) ?? '', textOf(query['cursor']), limit)
  if (typeof page === 'string') sendAdminProblem(response, 400, page)
  else response.json({ ...page, kept: history.size() })
}

function stream(history: History, { clock }: Serving, request: Request, response: Response): void {
  const { query } = request
  let beat: { cancel(): void } | undefined
  const send = (text: string) => {
    // Who does not read misses some, and costs nothing.
    if (!response.writableNeedDrain) response.write(text)
  }
  const stop = history.follow(textOf(query['filter']) ?? '', (one) => {
    send(`event: run\nid: ${one.id}\ndata: ${JSON.stringify(one)}\n\n`)
  })
  if (typeof stop === 'string') {
    sendAdminProblem(response, 400, stop)
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
  response.write(': live\n\n')
  const repeat = () => {
    beat = clock.schedule(heartbeatMs, () => {
      send(': \n\n')
      repeat()
    })
  }
  repeat()
  response.once('close', () => {
    stop()
    beat?.cancel()
  })
  const expiresMs = askingEndsAt(request)
  if (expiresMs !== undefined) endWhenExpired(response, expiresMs, clock, () => response.end())
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
