import type { RecordedCall, RecordedStep, Recording } from '../history/recording.ts'
import { everyStep, operationsOf } from '../plan/bound-route.ts'
import type { AggregatedRoute } from '../plan/snapshot.ts'
import { lineageMember } from '../run/stages/debug.ts'
import { fillBody, findHidden, placeInputs } from './recorded-values.ts'
import { failures } from './shape.ts'

/** A test of a route as its file has it, made of what a recording holds. */
export interface RecordedTest {
  readonly name: string
  readonly request: object
  readonly mocks: Readonly<Record<string, readonly object[]>>
  readonly expect: object
}

/** What was masked of a recording that its test is made of, as paths: `reco.user $.name`. */
export type Hidden = readonly string[]

/** Makes a test of a recording: the same request, what each backend answered, and what came of it. */
export function testOf(
  run: Recording,
  route: AggregatedRoute,
): { readonly test: RecordedTest; readonly hidden: Hidden } {
  const hidden = findHidden(run.request.inputs).map((path) => `the request ${path}`)
  const mocks: Record<string, object[]> = {}
  for (const step of [...run.steps].sort((a, b) => a.startMs - b.startMs))
    for (const call of step.calls) {
      const name = `${call.service}.${call.operation}`
      const answers = mocks[name] ?? []
      mocks[name] = answers
      answers.push(...answersTo(call, step, route))
      hidden.push(...findHidden(call.answer?.values ?? {}).map((path) => `${name} ${path}`))
    }
  const { status } = run.response
  const body = withoutLineage(run.response.body)
  hidden.push(...findHidden(body).map((path) => `the answer ${path}`))
  const request = placeInputs(run.request.inputs, route, run.method)
  return {
    test: {
      name: `as recorded at ${new Date(run.at).toISOString()} (${run.id})`,
      request,
      mocks,
      expect: {
        status,
        ...(run.error !== undefined && { error: run.error }),
        ...(run.error === undefined && body !== undefined && { body }),
      },
    },
    hidden: [...new Set(hidden)],
  }
}

/** Who makes the test asks for none. */
function withoutLineage(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !(lineageMember in body)) return body
  const { [lineageMember]: _, ...own } = body
  return own
}

/** What a call was answered, an entry for each attempt. */
function answersTo(call: RecordedCall, { attempts, calls }: RecordedStep, route: AggregatedRoute): object[] {
  const { answer } = call
  // Of several calls in a step it is not told which attempt was whose.
  const own = calls.length === 1 ? attempts.filter(({ isMirror }) => !isMirror) : []
  const failed = (answer ? own.slice(0, -1) : own).map(({ status, error }) => failureOf(status, error))
  if (!answer) return failed.length > 0 ? failed : [{ fail: 'unavailable' }]
  const operation = [...everyStep(route.bound.body)]
    .flatMap((step) => operationsOf(step))
    .find(({ service, name }) => service.name === call.service && name === call.operation)
  const { body = fillBody(answer.values, operation?.outputs ?? []), status } = answer
  const text = JSON.stringify(body)
  const shown = text?.includes('$') ? { headers: { 'content-type': 'application/json' }, text } : { body }
  return [...failed, { ...(status !== 200 && { status }), ...(body !== undefined && shown) }]
}

function failureOf(status: number | undefined, error: string | undefined): object {
  if (status !== undefined) return { status }
  return { fail: failures.find((one) => one === error) ?? 'unavailable' }
}
