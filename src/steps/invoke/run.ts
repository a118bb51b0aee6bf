import type { CallResponse } from '../../calls/call.ts'
import { endsRequest, type GatewayError, toGatewayError } from '../../errors.ts'
import type { Document } from '../../expressions/document.ts'
import { OpaqueBytes } from '../../formats/opaque-bytes.ts'
import { tellFailure } from '../../told-failure.ts'
import { countCalls } from '../call-budget.ts'
import { type CallRecord, type Context, leftOutOutcome, type StepRun } from '../context.ts'

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
  /** Whether anything reads `steps.<name>.failure`. */
  readonly recordsFailure: boolean
  /** Whether anything sends `steps.<name>.raw` on. */
  readonly recordsRaw: boolean
  readonly applyOutputs: (document: Document, response: CallResponse) => void
}

/** Compiles an invoke: make the call, write its outputs, keep a record of how it went. */
export function compileInvoke(plan: InvokePlan): StepRun {
  const { name, index, counts, optional, recorded, recordsHeaders, recordsFailure, recordsRaw, applyOutputs } = plan

  return (context, startedAt) => {
    const { run, document } = context
    if (counts) countCalls(run, 1)
    return run.calls[index]!(context).then(
      (response) => {
        if (!response.assigned) applyOutputs(document, response)
        const endedAt = run.now()
        finish(context, startedAt, endedAt, response, response.error)
        return endedAt
      },
      (thrown: unknown) => {
        const error = toGatewayError(thrown)
        if (error.code !== 'cancelled') error.step ??= name
        finish(context, startedAt, run.now(), undefined, error)
        if (!optional || endsRequest(error) || context.scope.reason) throw error
        return leftOutOutcome
      },
    )
  }

  function finish(
    context: Context,
    startedAt: number,
    endedAt: number,
    response: CallResponse | undefined,
    error: GatewayError | undefined,
  ): void {
    const { run } = context
    const ms = endedAt - startedAt
    const source = response?.source ?? 'skipped'
    const status = response?.status ?? error?.response?.status
    const attempts = response?.attempts ?? error?.attempts ?? 0
    const told: CallRecord = {
      step: name,
      source,
      error: error?.code,
      failure: error && tellFailure(error, name),
      status,
      attempts,
      startedMs: startedAt - run.startedAt,
      ms,
      isPersonal: response?.isPersonal || error?.response?.isPersonal,
      cacheStatus: response?.cacheStatus,
      version: response ? response.version : error?.version,
    }
    run.records.push(told)
    if (error && error.code !== 'cancelled') error.record = told
    if (!recorded) return
    const record: Record<string, unknown> = { source, ms: Math.round(ms * 100) / 100, attempts }
    if (status !== undefined) record['status'] = status
    if (response) record['body'] = response.body?.slices ? response.body.slices[0]?.value : response.body?.value
    if (recordsRaw && response) hideRaw(record, response)
    if (recordsHeaders) setIfThere(record, 'headers', (response ?? error?.response)?.headers)
    if (error) record['error'] = error.code
    if (error && recordsFailure) record['failure'] = describeFailure(error)
    context.document.steps[plan.record] = record
  }
}

/** The body as it came, where one did. Whoever takes the whole record does not take it along. */
function hideRaw(record: Record<string, unknown>, { body, headers }: CallResponse): void {
  if (!body?.received) return
  const type = String(headers['content-type'] ?? 'application/octet-stream')
  Object.defineProperty(record, 'raw', { value: new OpaqueBytes(body.received, type) })
}

/** `failure` in the record of a call, also of one that something stood in for. */
function describeFailure({ code, response }: GatewayError): Record<string, unknown> {
  const described: Record<string, unknown> = { code }
  setIfThere(described, 'status', response?.status)
  setIfThere(described, 'headers', response?.headers)
  setIfThere(described, 'body', response?.body)
  return described
}

function setIfThere(members: Record<string, unknown>, name: string, value: unknown): void {
  if (value !== undefined) members[name] = value
}
