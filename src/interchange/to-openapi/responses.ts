import { STATUS_CODES } from 'node:http'
import { everyStep } from '../../plan/bound-route.ts'
import { partsMediaTypes } from '../../plan/progressive.ts'
import type { AggregatedRoute } from '../../plan/snapshot.ts'
import type { BoundResponse } from '../../steps/response.ts'
import type { PublishedSchemas } from './schemas.ts'

type Published = Record<string, unknown>

const problemType = 'application/problem+json'
/** The failures that a route may end in without saying so itself: their codes by status. */
const sharedCodes: Record<number, readonly string[]> = {
  400: ['invalid-input'],
  502: ['unavailable', 'invalid-response', 'missing-input'],
  503: ['circuit-open', 'overloaded', 'out-of-sockets', 'credentials-unavailable'],
  504: ['timeout'],
}
const sharedNames: Record<number, string> = {
  400: 'InvalidRequest',
  502: 'BackendFailure',
  503: 'Overload',
  504: 'Timeout',
}
const degraded = {
  description: 'What of the answer fell back or was left out, by step (RFC 9651); absent when nothing did.',
  schema: { type: 'string' },
  example: 'banners;source=fallback;error=timeout, promos;source=skipped;error=circuit-open',
}

/** Every answer of a route: its own, those of `respond` steps, and the problems it may end in. */
export function describeResponses(route: AggregatedRoute, schemas: PublishedSchemas): Record<string, Published> {
  const steps = [...everyStep(route.bound.body)]
  const calls = steps.flatMap((step) => step.call ?? [])
  const answers = new Answers()
  const own = steps.flatMap((step) => step.response ?? [])
  for (const response of [...(route.bound.response ? [route.bound.response] : []), ...own]) {
    answers.addAnswer(response, calls.length > 0, schemas)
  }
  if (route.bound.response === undefined && !steps.some((step) => step.ends)) answers.addEmpty(204)
  if (route.durable) answers.addRun()
  if (route.bound.inputs.length > 0 || route.readsBody) answers.addProblem(400, sharedCodes[400]!)
  if (route.access) answers.addProblem(401, ['unauthenticated'])
  const refusals = codesOfRefusals(route)
  if (refusals.length > 0) answers.addProblem(403, refusals)
  for (const { raises, failsWith } of steps) if (failsWith !== undefined) answers.addProblem(failsWith, raises ?? [])
  if (calls.length > 0) {
    const caught = new Set(steps.flatMap((step) => step.catches ?? []).map(({ code }) => code))
    const named = calls
      .flatMap(({ operation }) => [...operation.errorNames.values()])
      .filter((code) => !caught.has(code))
    answers.addProblem(502, [...sharedCodes[502]!, ...named], true)
    answers.addProblem(503, sharedCodes[503]!)
    answers.addProblem(504, sharedCodes[504]!)
  }
  return answers.describe()
}

/** Why somebody who is known may not. */
function codesOfRefusals({ grants }: AggregatedRoute): string[] {
  if (!grants) return []
  const { scopes, roles, allow } = grants
  return [
    ...(scopes.length > 0 ? ['insufficient-scope'] : []),
    ...(roles.length > 0 || allow !== undefined ? ['forbidden'] : []),
  ]
}

interface Described {
  readonly headers: Record<string, Published>
  readonly bodies: Map<string, Published[]>
  readonly codes: Set<string>
  anyStatus: boolean
}

/** The answers by status; several of one status become a choice. */
class Answers {
  /** `default` where a template gives it. */
  readonly #byStatus = new Map<number | 'default', Described>()

  addAnswer(response: BoundResponse, hasCalls: boolean, schemas: PublishedSchemas): void {
    const status = response.status.fixed ?? 'default'
    const answer = this.#at(status)
    let type = response.encoding.mediaTypes[0]!
    for (const { name, value } of response.headers) {
      if (name === 'content-type')
        type = typeof value.schema?.const === 'string' ? value.schema.const.split(';')[0]! : type
      else answer.headers[name] = { schema: { type: 'string' } }
    }
    if (hasCalls && (status === 'default' || status < 400)) answer.headers['Tessera-Degraded'] = degraded
    if (response.body)
      answer.bodies.set(type, [...(answer.bodies.get(type) ?? []), schemas.publish(response.body.schema)])
    if (response.streams)
      for (const streamed of Object.values(partsMediaTypes)) answer.bodies.set(streamed, [partsSchema])
  }

  addEmpty(status: number): void {
    this.#at(status)
  }

  /** Of a durable route whose run takes longer than its client is kept. */
  addRun(): void {
    const answer = this.#at(202)
    answer.headers['Location'] = { description: 'Where its run is told of.', schema: { type: 'string' } }
    answer.headers['Retry-After'] = { description: 'Seconds.', schema: { type: 'integer' } }
    const text = { type: 'string' }
    const run = { type: 'object', required: ['id', 'state'], properties: { id: text, state: text } }
    answer.bodies.set('application/json', [...(answer.bodies.get('application/json') ?? []), run])
  }

  addProblem(status: number, codes: readonly string[], anyStatus = false): void {
    const answer = this.#at(status)
    for (const code of codes) answer.codes.add(code)
    answer.anyStatus ||= anyStatus
  }

  describe(): Record<string, Published> {
    const sorted = [...this.#byStatus].sort(([a], [b]) => Number(a) - Number(b) || 0)
    return Object.fromEntries(sorted.map(([status, answer]) => [String(status), describeOrRefer(status, answer)]))
  }

  #at(status: number | 'default'): Described {
    const found = this.#byStatus.get(status) ?? { headers: {}, bodies: new Map(), codes: new Set(), anyStatus: false }
    this.#byStatus.set(status, found)
    return found
  }
}

/** The failures that every route shares are described once. */
function describeOrRefer(status: number | 'default', answer: Described): Published {
  if (status === 'default') return describeAnswer(200, answer)
  const name = sharedNames[status]
  const isShared = name !== undefined && answer.bodies.size === 0 && Object.keys(answer.headers).length === 0
  const hasOwnCodes = [...answer.codes].some((code) => !sharedCodes[status]?.includes(code))
  return isShared && !hasOwnCodes ? { $ref: `#/components/responses/${name}` } : describeAnswer(status, answer)
}

/** `components.responses`. */
export function describeSharedResponses(): Record<string, Published> {
  return Object.fromEntries(
    Object.entries(sharedNames).map(([status, name]) => {
      const codes = new Set(sharedCodes[Number(status)])
      return [
        name,
        describeAnswer(Number(status), { headers: {}, bodies: new Map(), codes, anyStatus: status === '502' }),
      ]
    }),
  )
}

function describeAnswer(status: number, { headers, bodies, codes, anyStatus }: Described): Published {
  const contents = new Map(bodies)
  if (codes.size > 0)
    contents.set(problemType, [...(contents.get(problemType) ?? []), describeProblem([...codes], anyStatus)])
  const content = [...contents].map(([type, schemas]) => [
    type,
    { schema: schemas.length === 1 ? schemas[0] : { anyOf: schemas } },
  ])
  const reason = STATUS_CODES[status] ?? `Status ${status}`
  return {
    description: codes.size > 0 ? `${reason}: ${[...codes].join(', ')}` : reason,
    ...(status === 503 && {
      headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'string' } }, ...headers },
    }),
    ...(status !== 503 && Object.keys(headers).length > 0 && { headers }),
    ...(content.length > 0 && { content: Object.fromEntries(content) }),
  }
}

/** OpenAPI 3.1 has no word for what comes one after the other: a text. */
const partsSchema: Published = {
  type: 'string',
  description:
    'The members of the body as they are there: `part` with `path` and `value`, then `end` with `degraded`, or `error` with a problem.',
}

/** Its `code` tells more than the status; `http-404` is what a backend answered. */
function describeProblem(codes: readonly string[], anyStatus: boolean): Published {
  const known = { type: 'string', enum: codes }
  const code = anyStatus ? { anyOf: [known, { type: 'string', pattern: '^http-[1-5][0-9]{2}$' }] } : known
  return { allOf: [{ $ref: '#/components/schemas/Problem' }, { type: 'object', properties: { code } }] }
}

/** RFC 9457, with what we add. */
export const problemSchema: Published = {
  type: 'object',
  description: 'A problem (RFC 9457).',
  required: ['type', 'title', 'status', 'code', 'instance', 'traceId'],
  properties: {
    type: { type: 'string', description: '`urn:tessera:error:` and the code.' },
    title: { type: 'string', description: 'What went wrong, for people.' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string', description: 'The path that was asked for.' },
    code: { type: 'string', description: 'What went wrong, for programs.' },
    step: { type: 'string', description: 'Where it went wrong.' },
    route: { type: 'string' },
    traceId: { type: 'string' },
    errors: {
      type: 'array',
      description: 'Every fault of the request.',
      items: {
        type: 'object',
        required: ['in', 'detail'],
        properties: {
          in: { type: 'string', description: 'Where it is, like `query.city`.' },
          detail: { type: 'string' },
        },
      },
    },
  },
}
