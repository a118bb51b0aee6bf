import type { BoundTemplate } from '../binding/bind.ts'
import { endsRequest, GatewayError, toGatewayError } from '../errors.ts'
import { compileColorReader, compileColorWriter, createNamespaces } from '../expressions/color.ts'
import { type Document, leftOut, shareIdentity } from '../expressions/document.ts'
import { workOf } from '../expressions/work.ts'
import { Context, deriveRun, Exit, leftOutOutcome, type Run, type StepRun } from './context.ts'
import { type Take, takeAsGiven } from './out.ts'
import type { BoundPart } from './step.ts'

interface PartPlan {
  readonly part: BoundPart
  readonly name: string
  /** By color: what the caller hands in place of its own. */
  readonly overrides: ReadonlyMap<string, BoundTemplate>
  readonly timeoutMs: number | undefined
  readonly isOptional: boolean
  /** Puts what it gives into the caller's context. */
  readonly take: Take | undefined
  readonly run: Run
}

/** Compiles a part: it runs in a context that holds what it is handed, and the caller gets all that it gives, or nothing. */
export function compilePart({
  part,
  name,
  overrides,
  timeoutMs,
  isOptional,
  take = takeAsGiven,
  run,
}: PartPlan): StepRun {
  const makeDocument = compileDocument(part, name, overrides)
  const given = part.gives.map(({ color }) => ({ read: compileColorReader(color), write: compileColorWriter(color) }))

  const attempt: Run = (context) => {
    const { document: outer, run: request, scope, span } = context
    const document = makeDocument(outer)
    const own =
      timeoutMs === undefined
        ? request
        : deriveRun(request, { deadline: Math.min(request.deadline, request.now() + timeoutMs) })
    const give = () => {
      take(outer, (into) => {
        for (const { read, write } of given) {
          const value = read(document)
          if (value !== undefined) write(into, value)
        }
      })
      outer[leftOut]?.push(...document[leftOut]!)
    }
    const pending = run(new Context(own, document, scope, span))
    return pending ? pending.then(give) : give()
  }
  if (!isOptional) return attempt

  const leaveOut = (context: Context, thrown: unknown): string => {
    const error = toGatewayError(thrown)
    if (thrown instanceof Exit || endsRequest(error) || context.scope.reason) throw thrown
    noteLoss(context, name, error, 'skipped')
    return leftOutOutcome
  }
  return (context) => {
    let pending: void | Promise<void>
    try {
      pending = attempt(context)
    } catch (thrown) {
      return Promise.resolve(leaveOut(context, thrown))
    }
    return pending?.catch((thrown: unknown) => leaveOut(context, thrown))
  }
}

/** What the answer lacks for it is told, unless a call that failed tells of it. */
export function noteLoss(
  { run, document }: Context,
  step: string,
  error: GatewayError,
  source: 'skipped' | 'fallback',
): void {
  const isTold = run.records.some((record) => record.step === error.step && record.error === error.code)
  if (!isTold) document[leftOut]?.push({ step, error, source })
}

function compileDocument(
  { inputs, colors }: BoundPart,
  name: string,
  overrides: ReadonlyMap<string, BoundTemplate>,
): (outer: Document) => Document {
  const nameColors = createNamespaces(colors)
  const handed = inputs.map((input) => ({
    ...input,
    read: overrides.get(input.color)?.evaluate ?? compileColorReader(input.color),
    write: compileColorWriter(input.color),
  }))
  return (outer) => {
    const document: Document = { request: outer.request, steps: {}, [workOf]: outer[workOf], [leftOut]: [] }
    shareIdentity(outer, document)
    nameColors(document)
    for (const { color, isOptional, read, write, default: instead } of handed) {
      const found = read(outer)
      const value = found === undefined ? instead : found
      if (value !== undefined) write(document, value)
      else if (!isOptional) throw new GatewayError('missing-input', { step: name, detail: `it needs \`${color}\`` })
    }
    return document
  }
}
