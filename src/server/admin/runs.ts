import type { Request, Response } from 'express'
import { type Command, commands } from '../../durable/control.ts'
import type { Delivery, RunFilter, RunRecord } from '../../durable/runs/record.ts'
import { type RunState, runStates } from '../../durable/state.ts'
import { GatewayError } from '../../errors.ts'
import { parseDuration } from '../../expressions/units.ts'
import { parseJson } from '../../json-text.ts'
import { mask } from '../../redaction.ts'
import { readBody } from '../http/body.ts'
import type { RunControl } from '../lifecycle/durable-runs.ts'
import { whoAsks } from './audit.ts'
import {
  type AdminEndpoint,
  type AdminParameter,
  type AdminParts,
  anything,
  flag,
  integer,
  json,
  list,
  object,
  text,
} from './endpoint.ts'
import { mostBodyBytes } from './guard.ts'
import { sendAdminProblem } from './problem.ts'

const mostRuns = 500
const usualRuns = 50

const run = object({
  id: text,
  route: text,
  state: { enum: Object.keys(runStates) },
  since: { type: 'number', description: 'When it came to that state, in milliseconds since the epoch.' },
  startedAt: integer,
  'endedAt?': integer,
  'by?': { type: 'string', description: 'Who began it, as `pii:` and digits: the same for the same caller.' },
  hasKey: { ...flag, description: 'Whether a client gave it a key.' },
})
const queued = object({ id: text, seq: integer })

const filters: readonly AdminParameter[] = [
  { in: 'query', name: 'state', description: 'One or more states, with commas between them.', schema: text },
  { in: 'query', name: 'route', description: 'The name of a route.', schema: text },
  { in: 'query', name: 'age', description: 'Begun so long ago, or longer: `15m`, `2d`.', schema: text },
  { in: 'query', name: 'key', description: 'The key that a client gave.', schema: text },
  { in: 'query', name: 'cursor', description: 'Goes on where `next` of a page says.', schema: text },
  { in: 'query', name: 'limit', description: `At most ${mostRuns}; ${usualRuns} unless said.`, schema: integer },
]
const id: AdminParameter = { in: 'path', name: 'id', description: 'Of the run.', schema: text }

/** Runs of durable routes, of all gateways that share their store. */
export function runEndpoints({ serving, durable }: Pick<AdminParts, 'serving' | 'durable'>): AdminEndpoint[] {
  const at = (
    answer: (control: RunControl, request: Request, response: Response) => void | Promise<void>,
  ): AdminEndpoint['handle'] => {
    return async (request, response) => {
      const control = await durable.control()
      if (!control) return sendAdminProblem(response, 404, 'no route is durable')
      try {
        await answer(control, request, response)
      } catch (thrown) {
        serving.logger.error({ err: thrown }, 'the store of durable runs could not be asked')
        sendAdminProblem(response, 503, 'the store of durable runs could not be asked')
      }
    }
  }
  return [
    {
      method: 'get',
      path: '/-/runs',
      role: 'viewer',
      summary: 'Runs of durable routes, the newest first.',
      parameters: filters,
      answers: json(object({ runs: list(run), 'next?': text })),
      handle: at(async (control, { query }, response) => {
        const filter = readFilter(query, serving.clock.epoch())
        if (typeof filter === 'string') return sendAdminProblem(response, 400, filter)
        const { limit = usualRuns } = filter
        const found = await control.list({ ...filter, limit: limit + 1 })
        const page = found.slice(0, limit)
        response.json({ runs: page.map(describeRun), next: found.length > limit ? cursorOf(page.at(-1)!) : undefined })
      }),
    },
    {
      method: 'get',
      path: '/-/runs/:id',
      role: 'viewer',
      summary: 'A run of a durable route, and what it is at.',
      parameters: [id],
      answers: json(run),
      handle: at(async (control, request, response) => {
        const found = await control.find(idOf(request))
        if (found) response.json(describeRun(found))
        else sendAdminProblem(response, 404, unknownRun)
      }),
    },
    {
      method: 'post',
      path: '/-/runs/:id/signals/:name',
      role: 'editor',
      summary: 'Sends a signal that the plan of the run waits for somewhere.',
      parameters: [id, { in: 'path', name: 'name', description: 'Of the signal.', schema: text }],
      body: anything,
      answers: json(queued, 202),
      handle: at(async (control, request, response) => {
        let body: unknown
        try {
          body = await readJson(request, serving.clock)
        } catch (thrown) {
          const status = thrown instanceof GatewayError ? thrown.status : 400
          return sendAdminProblem(response, status, 'a signal comes with JSON')
        }
        const name = String(request.params['name'])
        const delivery = await control.signal(idOf(request), name, body, whoAsks(request))
        if (delivery === 'unknown-signal') sendAdminProblem(response, 404, `its plan waits for no signal ${name}`)
        else if (typeof delivery === 'object' && 'faults' in delivery)
          sendAdminProblem(response, 400, delivery.faults.join('; '))
        else sendDelivery(delivery, request, response)
      }),
    },
    ...commands.map(
      (kind): AdminEndpoint => ({
        method: 'post',
        path: `/-/runs/:id/${kind}`,
        role: 'editor',
        summary: summaries[kind],
        parameters: [id],
        answers: json(queued, 202),
        handle: at(async (control, request, response) => {
          const delivery = await control.send(idOf(request), { kind, name: '', who: whoAsks(request) })
          sendDelivery(delivery, request, response)
        }),
      }),
    ),
    {
      method: 'delete',
      path: '/-/runs/:id',
      role: 'admin',
      summary: 'Forgets a run that has ended, before its time.',
      parameters: [id],
      answers: json(object({ purged: text })),
      handle: at(async (control, request, response) => {
        const purge = await control.purge(idOf(request))
        if (purge === 'purged') response.json({ purged: idOf(request) })
        else if (purge === 'open') sendAdminProblem(response, 409, 'it has not ended')
        else sendAdminProblem(response, 404, unknownRun)
      }),
    },
  ]
}

const summaries: Readonly<Record<Command, string>> = {
  pause:
    'Nothing of the run begins any more, what undoes it included; what is under way is recorded, and clocks run on.',
  resume: 'A paused run goes on.',
  cancel: 'Ends a run as soon as what is under way has ended, and undoes what it did; no handler of it sees that.',
}

const unknownRun = 'no such run is kept'

/** It is recorded: the run is told in its turn, wherever it is executed. */
function sendDelivery(delivery: Delivery, request: Request, response: Response): void {
  if (delivery === 'unknown-run') sendAdminProblem(response, 404, unknownRun)
  else if (delivery === 'ended') sendAdminProblem(response, 409, 'it has ended')
  else response.status(202).json({ id: idOf(request), seq: delivery.seq })
}

function idOf({ params }: Request): string {
  return String(params['id'])
}

function describeRun({ route, state, since, startedAt, endedAt, by, request, ...record }: RunRecord) {
  return { id: record.id, route, state, since, startedAt, endedAt, by: mask(by, 'pii'), hasKey: request !== undefined }
}

async function readJson(request: Request, clock: Parameters<typeof readBody>[2]): Promise<unknown> {
  const { bytes } = (await readBody(request, mostBodyBytes, clock)) as { bytes?: Buffer }
  return bytes === undefined || bytes.length === 0 ? null : parseJson(bytes.toString())
}

/** What is to be listed, or why nothing is. */
function readFilter(query: Request['query'], now: number): RunFilter | string {
  const { state, route, age, key, cursor, limit, ...others } = query
  const unknown = Object.keys(others)
  if (unknown.length > 0) return `there is no filter \`${unknown[0]}\``
  for (const [name, value] of Object.entries(query)) if (typeof value !== 'string') return `\`${name}\` comes once`
  const states = (state as string | undefined)?.split(',') as RunState[] | undefined
  const wrong = states?.find((one) => !Object.hasOwn(runStates, one))
  if (wrong !== undefined) return `\`${wrong}\` is no state: say ${Object.keys(runStates).join(', ')}`
  const ageMs = age === undefined ? undefined : parseDuration(age)
  if (age !== undefined && ageMs === undefined) return '`age` is a time as `15m` or `2d`'
  const most = limit === undefined ? usualRuns : Number(limit)
  if (!Number.isInteger(most) || most < 1 || most > mostRuns) return `\`limit\` is a number from 1 to ${mostRuns}`
  const [, startedAt, id] = /^(\d{1,15})-(.+)$/s.exec(String(cursor)) ?? []
  if (cursor !== undefined && id === undefined) return '`cursor` is what `next` of a page says'
  return {
    limit: most,
    ...(states && { states }),
    ...(route !== undefined && { route: route as string }),
    ...(key !== undefined && { key: key as string }),
    // Those of this very moment, too.
    ...(ageMs !== undefined && { before: now - ageMs + 1 }),
    ...(id !== undefined && { behind: { startedAt: Number(startedAt), id } }),
  }
}

function cursorOf({ startedAt, id: last }: RunRecord): string {
  return `${startedAt}-${last}`
}
