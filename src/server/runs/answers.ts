import type { RunRecord } from '../../durable/runs/record.ts'
import { isEnd, type RunState } from '../../durable/state.ts'
import type { AggregatedRoute } from '../../plan/snapshot.ts'
import { addHeaders, type Headers } from '../../run/headers.ts'
import type { Answer } from '../../run/outcome.ts'
import { unpackOutcome } from '../../run/packed-outcome.ts'
import type { ProblemContext } from '../../run/problem.ts'
import { renderReply } from '../../run/reply.ts'
import { runsPath } from './place.ts'

/** The answer to a client that is kept no longer: its run goes on. */
export function goesOn(
  { headers: ofRoute }: Partial<Pick<AggregatedRoute, 'headers'>>,
  id: string,
  state: RunState = 'running',
): Answer {
  const headers: Headers = { ...notKept(state), location: runsPath + encodeURIComponent(id) }
  if (ofRoute) addHeaders(headers, ofRoute.onSuccess)
  return answerWith(202, headers, JSON.stringify({ id, state }))
}

/** What a run is at, and what it came to. */
export function statusOf(run: RunRecord, context: ProblemContext): Answer {
  return answerWith(200, notKept(run.state), describeRun(run, context))
}

function describeRun(run: RunRecord, context: ProblemContext): string {
  const answer = describeAnswer(run, context)
  return answer === undefined ? describeState(run) : `${describeState(run).slice(0, -1)},"answer":${answer}}`
}

/** As JSON. */
export function describeState({ id, route, state, since }: RunRecord): string {
  return JSON.stringify({ id, route, state, since: new Date(since).toISOString() })
}

/** As JSON; of a body only what is JSON: the whole of it has a place of its own. Undefined while there is none. */
export function describeAnswer(run: RunRecord, context: ProblemContext): string | undefined {
  const answer = recordedAnswer(run, context)
  if (!answer) return undefined
  const { status, headers, body } = answer
  const isJson = body && /\bjson\b/i.test(String(headers['content-type']))
  // Its numbers keep their value as they are.
  return `{"status":${status}${isJson ? `,"body":${Buffer.from(body)}` : ''}}`
}

/** What a run came to, as its client was or would have been told; that it goes on; undefined where it ended without. */
export function answerOfRun(run: RunRecord, context: ProblemContext): Answer | undefined {
  const answer = recordedAnswer(run, context)
  if (answer) return { ...answer, headers: { ...answer.headers, 'cache-control': 'no-store' } }
  return isEnd(run.state) ? undefined : goesOn({}, run.id, run.state)
}

/** A failure was told of when it came about: from now on it is an answer like any other. */
function recordedAnswer({ answer: text }: RunRecord, context: ProblemContext): Answer | undefined {
  if (text === undefined) return undefined
  const { status, headers: flat, body } = renderReply(unpackOutcome(text), () => context)
  const headers: Record<string, string | string[]> = {}
  for (let at = 0; at < flat.length; at += 2) {
    const [name, value] = [flat[at]!, flat[at + 1]!]
    const before = headers[name]
    headers[name] = before === undefined ? value : [...[before].flat(), value]
  }
  return { ...answerWith(status, headers, undefined), body }
}

function answerWith(status: number, headers: Answer['headers'], text: string | undefined): Answer {
  const body = text === undefined ? undefined : Buffer.from(text)
  return { kind: 'answer', status, headers, body, records: [], degraded: [] }
}

/** While it goes on, when it is worth asking again: soon, or where it waits for somebody, later. */
function notKept(state: RunState): Headers {
  const seconds = state === 'running' || state === 'compensating' || state === 'pending' ? '1' : '10'
  return { 'cache-control': 'no-store', ...(!isEnd(state) && { 'retry-after': seconds }) }
}
