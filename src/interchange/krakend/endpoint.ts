import type { DraftFile, Notes } from '../draft.ts'
import { objectOf } from '../foreign.ts'
import { nameOperation, toName } from '../names.ts'
import { printRoute } from '../route-file.ts'
import { printDuration } from '../template.ts'
import { completenessHeader, endRoute } from './answer.ts'
import { addCall, listForwarded } from './call.ts'
import { type Backend, type Endpoint, proxyOf } from './config.ts'
import { proposeInputs } from './inputs.ts'
import { shapeAnswer } from './part.ts'
import { convertPassthrough } from './passthrough.ts'
import { convertPath, type MatchPath } from './path.ts'
import { planCalls } from './planned-calls.ts'
import { listGuards, noteEndpoint } from './unknowns.ts'
import type { Workshop } from './workshop.ts'

type Step = Readonly<Record<string, unknown>>

const legend = [
  '`part.…` is what a backend contributes: its answer, filtered and renamed. It is absent when the backend failed,',
  'and then the page comes without it. `$omit: []` takes an object as it is and fails for anything else.',
]

/** Statuses that `return_error_code` passes on; any other is 500. */
const passedOn = [400, 401, 403, 404, 405, 406, 409, 410, 412, 415, 422, 429, 500, 502, 503, 504]

/** An endpoint as a route; undefined, with a note, when it cannot be one. */
export function convertEndpoint(endpoint: Endpoint, workshop: Workshop): DraftFile | undefined {
  const { notes, services } = workshop
  const path = convertPath(endpoint.method, endpoint.path)
  if (typeof path === 'string') {
    notes.add(`${endpoint.at}.endpoint`, `not imported: ${path}`)
    return undefined
  }
  noteEndpoint(endpoint, notes)
  const backends = endpoint.backends.filter((backend) => !isShadow(backend, notes))
  if (backends.length === 0) {
    notes.add(`${endpoint.at}.backend`, 'not imported: there is no backend to answer it')
    return undefined
  }
  const isPassthrough = endpoint.outputEncoding === 'no-op'
  const route = isPassthrough
    ? convertPassthrough(endpoint, backends, path, services, notes)
    : aggregate(endpoint, backends, path, workshop)
  if (route === undefined) return undefined
  const name = workshop.files.take(toName(nameOperation(endpoint.method, endpoint.path), 'route'))
  const header = [`${endpoint.method} ${endpoint.path} of a KrakenD configuration (${endpoint.at}).`]
  return printRoute(name, route, isPassthrough ? header : [...header, '', ...legend], notes.below(endpoint.at))
}

function aggregate(
  endpoint: Endpoint,
  backends: readonly Backend[],
  path: MatchPath,
  workshop: Workshop,
): Step | undefined {
  const { colors, notes } = workshop
  const isSequence = endpoint.proxy['sequential'] === true && backends.length > 1
  const inputs = proposeInputs(endpoint, path, workshop)
  const calls = planCalls(backends, isSequence, inputs.parameters, workshop)
  if (!calls) return undefined
  const used = new Set<string>()
  const branches = calls.map(({ backend, hosts, url, part }) => {
    const service = workshop.services.at(hosts)
    service.timeoutMs = Math.max(service.timeoutMs, endpoint.timeoutMs)
    const forwarded = listForwarded(endpoint, backend)
    for (const name of forwarded.query) used.add(name)
    const invoke = addCall(service, backend, url, forwarded, inputs.queries)
    const list = () => colors.propose(`list.${part.id}`, { type: 'array' })
    return [
      { id: part.id, invoke, ...(Object.keys(url.with).length > 0 && { with: url.with }) },
      ...shapeAnswer(part, backend.value, list),
    ]
  })
  const parts = calls.map(({ part }) => part)
  const ending = endRoute(endpoint, parts, () => colors.propose('part.static', { type: 'object' }))
  const guards = listGuards(endpoint)
  for (const guard of guards) {
    notes.add(guard, 'nothing here checks this, so the route refuses every request until its first step is removed')
  }
  const taken = inputs.list(used)
  // A merge waits 85 % of the endpoint's timeout for its backends.
  const timeoutMs = endpoint.timeoutMs * (backends.length > 1 ? 0.85 : 1)
  return {
    match: path.match,
    timeout: printDuration(timeoutMs),
    ...(Object.keys(taken).length > 0 && { in: taken }),
    do: [
      ...(guards.length > 0 ? [closeRoute(guards)] : []),
      ...arrange(branches, isSequence, errorArms(backends)),
      ...ending.steps,
    ],
    response: ending.response,
  }
}

/** One after the other up to the first failure, or all at once, each of which may fail. */
function arrange(branches: readonly Step[][], isSequence: boolean, arms: readonly Step[]): Step[] {
  const attempt = (steps: readonly Step[]): Step => ({
    try: steps,
    catch: [...arms, { errors: ['all'], do: ['empty'] }],
  })
  if (isSequence) return [attempt(branches.flat())]
  const attempts = branches.map(attempt)
  return attempts.length === 1 ? attempts : [{ parallel: attempts }]
}

/** `return_error_code`: the only backend's status is the answer's. */
function errorArms(backends: readonly Backend[]): Step[] {
  const [only] = backends
  if (backends.length > 1 || objectOf(only!.extra['backend/http'])['return_error_code'] !== true) return []
  return passedOn.map((status) => ({
    errors: [`http-${status}`],
    do: [{ respond: { status, headers: { [completenessHeader]: 'false' } } }],
  }))
}

/** What kept strangers out has no counterpart: rather a route that answers nobody than an open backend. */
function closeRoute(guards: readonly string[]): Step {
  const names = guards.map((guard) => /\['(.*)'\]$/.exec(guard)?.[1]).join(', ')
  return {
    when: true,
    throw: { error: 'not-imported', status: 501, title: `What ${names} checked is not checked here` },
  }
}

function isShadow(backend: Backend, notes: Notes): boolean {
  if (proxyOf(backend.value)['shadow'] !== true) return false
  notes.add(`${backend.at}.extra_config.proxy.shadow`, 'this backend gets no copy of the requests')
  return true
}
