import type { CallResponse } from '../../calls/call.ts'
import { endsRequest, type GatewayError, toGatewayError } from '../../errors.ts'
import type { Document } from '../../expressions/document.ts'
import { countCalls } from '../calls.ts'
import { type Context, leftOutOutcome, type StepRun } from '../context.ts'

interface InvokePlan {
  readonly name: string
  /** What `steps` calls it. */
  readonly record: string
  /** Index of its call site in the snapshot. */
  readonly index: number
  /** Whether it counts its call itself; otherwise a step around it has. */
  readonly counts: boolean
  readonly optional: boolean
  /** Whether anything reads `steps.<name>`. */
  readonly recorded: boolean
  /** Whether anything reads `steps.<name>.headers`, which would have to be taken apart for it. */
  readonly recordsHeaders: boolean
  readonly applyOutputs: (document: Document, response: CallResponse) => void
}

/** Compiles an invoke: make the call, write its outputs, keep a record of how it went. */
export function compileInvoke(plan: InvokePlan): StepRun {
  const { name, index, counts, optional, recorded, recordsHeaders, applyOutputs } = plan

  return (context) => {
    const { run, document } = context
    if (counts) countCalls(run, 1)
    const startedAt = run.now()
    return run.calls[index]!(context).then(
      (response) => {
        if (!response.assigned) applyOutputs(document, response)
        finish(context, startedAt, response, response.error)
      },
      (thrown: unknown) => {
        const error = toGatewayError(thrown)
        if (error.code !== 'cancelled') error.step ??= name
        finish(context, startedAt, undefined, error)
        if (!optional || endsRequest(error) || context.scope.reason) throw error
        return leftOutOutcome
      },
    )
  }

  function finish(
    context: Context,
    startedAt: number,
    response: CallResponse | undefined,
    error: GatewayError | undefined,
  ) {
    const { run } = context
    const ms = run.now() - startedAt
    const source = response?.source ?? 'skipped'
    const status = response?.status ?? error?.response?.status
    const attempts = response?.attempts ?? error?.attempts ?? 0
    run.records.push({
      step: name,
      source,
      error: error?.code,
      status,
      attempts,
      startedMs: startedAt - run.startedAt,
      ms,
      isPersonal: response?.isPersonal || error?.response?.isPersonal,
      cacheStatus: response?.cacheStatus,
      version: response ? response.version : error?.version,
    })
    if (!recorded) return
    const record: Record<string, unknown> = { source, ms: Math.round(ms * 100) / 100, attempts }
    if (status !== undefined) record['status'] = status
    if (response) record['body'] = response.body?.slices ? response.body.slices[0]?.value : response.body?.value
    else if (error?.response) record['body'] = error.response.body
    if (response && recordsHeaders) record['headers'] = response.headers
    if (error) record['error'] = error.code
    context.document.steps[plan.record] = record
  }
}
