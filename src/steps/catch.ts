import * as z from 'zod'
import { errorCodes } from '../binding/scalars.ts'
import type { Position } from '../binding/shape.ts'
import { steps } from '../binding/steps.ts'
import { compileErrorMatcher, type GatewayError, toGatewayError } from '../errors.ts'
import { type Context, deriveRun, Exit, type Recover, type Run } from './context.ts'
import { compileOverlay, writtenColors } from './fork.ts'
import { type BoundBlock, type Compiler, defineStep } from './step.ts'

/** One entry of a `catch:`. */
export const catchArm = z.strictObject({
  errors: errorCodes,
  do: steps.describe('What runs then; it can read `error`.'),
})

/** Runs steps, and others when they fail. */
export const catchStep = defineStep({
  kind: 'try',
  category: 'control',
  summary: 'Runs `try`; when it fails, the first `catch` whose errors match.',
  example: `- try: [ { invoke: user.profile } ]
  catch: [ { errors: [timeout, http-5xx], do: [ { assign: { user.segment: anonymous } } ] } ]`,
  shape: z.strictObject({
    try: steps.describe('What may fail.'),
    catch: z.array(catchArm).min(1).describe('Handlers; the first whose errors match runs.'),
  }),
  blocks: (config) => [
    { order: 'sequence', steps: config.try, path: ['try'] },
    ...config.catch.map((arm, index) => ({ order: 'sequence' as const, steps: arm.do, path: ['catch', index, 'do'] })),
  ],
  bind(step, binder) {
    const attempt = binder.guardedBlock(step.blocks[0]!)
    const patterns = step.config.catch.map((arm) => arm.errors)
    const handlers = step.blocks
      .slice(1)
      .map((block, index) => binder.block(block, { locals: ['error'], handles: patterns[index]! }))
    return {
      blocks: [attempt, ...handlers],
      composition: 'attempt',
      catches: listCaught(patterns, step.position),
      compile(compiler) {
        const { recordedAs } = compiler
        const run = compiler.block(attempt)
        const guarded = guardRun(run, compileHandlers(patterns, handlers, compiler))
        return recordedAs === undefined ? guarded : groupCalls(guarded)
      },
    }
  },
})

/** Where each error code of the handlers stands; `position` holds `catch`. */
export function listCaught(patterns: readonly (readonly string[])[], { source, path }: Position) {
  return patterns.flatMap((codes, arm) =>
    codes.map((code, index) => ({ code, at: source.locate([...path, 'catch', arm, 'errors', index]) })),
  )
}

/** Guards a run with handlers; the route's own top-level `catch` is made by the same functions. */
export function guardRun(attempt: Run, recover: Recover): Run {
  return (context) => {
    let pending: void | Promise<void>
    try {
      pending = attempt(context)
    } catch (thrown) {
      return recover(context, thrown)
    }
    return pending?.catch((thrown: unknown) => recover(context, thrown))
  }
}

/** What a durable run calls in it can be undone by itself. */
function groupCalls(guarded: Run): Run {
  return (context) => guarded(context.withRun(deriveRun(context.run, { recorder: context.run.recorder!.group() })))
}

/** Compiles handlers; `note` is told of what they handle. */
export function compileHandlers(
  patterns: readonly (readonly string[])[],
  handlers: readonly BoundBlock[],
  compiler: Compiler,
  note?: (context: Context, error: GatewayError) => void,
): Recover {
  const arms = handlers.map((block, index) => ({
    matches: compileErrorMatcher(patterns[index]!),
    expects: compileExpected(patterns[index]!),
    handle: compiler.block(block),
    overlay: compileOverlay(writtenColors(block.steps)),
  }))

  return (context, thrown) => {
    // The end of a route is no failure; and who was cancelled must not go on.
    if (thrown instanceof Exit || context.scope.reason) throw thrown
    const error = toGatewayError(thrown)
    const arm = arms.find(({ matches }) => matches(error))
    if (!arm) throw error
    if (error.record && arm.expects(error)) error.record.isExpected = true
    note?.(context, error)
    // Catches may run side by side, so each sees an `error` of its own.
    const { document, copyBack } = arm.overlay(context.document, { error: describeError(error) })
    const pending = arm.handle(context.withDocument(document))
    return pending ? pending.then(copyBack) : copyBack()
  }
}

/** Whether a failure is named by the code that the service gives its status, one of the client's own doing. */
function compileExpected(patterns: readonly string[]): (error: GatewayError) => boolean {
  return ({ code, response }) => {
    const status = response?.status ?? 0
    return status >= 400 && status < 500 && code !== `http-${status}` && patterns.includes(code)
  }
}

/** `error` as a catch sees it. */
function describeError(error: GatewayError): Record<string, unknown> {
  const { code, step, title, detail, response } = error
  const described: Record<string, unknown> = { code, status: response?.status ?? error.status, title }
  if (step !== undefined) described['step'] = step
  if (detail !== undefined) described['detail'] = detail
  if (response?.headers !== undefined) described['headers'] = response.headers
  if (response?.body !== undefined) described['body'] = response.body
  return described
}
