import { bindTemplate } from '../../binding/bind.ts'
import type { Read } from '../../binding/reference.ts'
import { type Position, within } from '../../binding/shape.ts'
import type { CallResponse } from '../../calls/call.ts'
import type { GatewayError } from '../../errors.ts'
import { printDuration } from '../../expressions/units.ts'
import { Body } from '../../json/body.ts'
import { compileOutputs } from '../../operations/outputs.ts'
import type { FallbackEntry } from '../../operations/policies/shapes.ts'
import { bindAssignments, compileAssignments } from '../assign.ts'
import { countCalls } from '../call-budget.ts'
import type { Context } from '../context.ts'
import type { Taking } from '../out.ts'
import type { ServiceOperation } from '../service-operation.ts'
import type { Binder, ParsedStep } from '../step.ts'
import type { BoundFallback } from '../step-call.ts'
import type { InvokeConfig } from './shape.ts'
import { buildSite, resolveAround } from './site.ts'

export interface FallbackParts {
  readonly name: string
  readonly taking: Taking
}

/** The step's own fallbacks, else its operation's. */
export function bindFallbacks(
  step: ParsedStep<InvokeConfig>,
  { operation }: ServiceOperation,
  parts: FallbackParts,
  binder: Binder,
): BoundFallback[] {
  const isOwn = step.config.fallback !== undefined
  const owner = isOwn ? step.position : operation.position
  const entries = step.config.fallback ?? operation.definition.fallback ?? []
  const many = Array.isArray((owner.source.valueAt(owner.path) as { fallback?: unknown } | undefined)?.fallback)
  return entries.flatMap((entry, index) => {
    const position = many ? within(owner, 'fallback', index) : within(owner, 'fallback')
    return bindFallback(entry, position, parts, isOwn, binder) ?? []
  })
}

function bindFallback(
  entry: FallbackEntry,
  position: Position,
  parts: FallbackParts,
  isOwn: boolean,
  binder: Binder,
): BoundFallback | undefined {
  const at = position.source.locate(position.path)
  if ('lastGood' in entry) {
    return {
      kind: 'lastGood',
      at,
      summary: `last good answer, up to ${printDuration(entry.lastGood)} old`,
      compiled: { kind: 'lastGood', maxAgeMs: entry.lastGood },
      reads: [],
      writes: undefined,
    }
  }
  if ('body' in entry) {
    const body = bindTemplate(entry.body, within(position, 'body'), binder)
    return {
      kind: 'body',
      at,
      summary: 'a fixed answer',
      reads: body.reads,
      body,
      writes: undefined,
      compiled: { kind: 'handler', run: (error, { document }) => substitute(error, bodyOf(body.evaluate(document))) },
    }
  }
  if ('assign' in entry) {
    const assignments = bindAssignments(entry.assign, within(position, 'assign'), binder)
    const write = compileAssignments(assignments)
    const { taking } = parts
    const colors = assignments.map(({ color }) => color)
    // What the step itself assigns are colors of the route; what its operation does stands for what that gives.
    const isTaken = taking.isTaken && !isOwn
    return {
      kind: 'assign',
      at,
      summary: `assign ${colors.join(', ')}`,
      reads: assignments.flatMap(({ value }) => value.reads),
      derives: assignments,
      ...(isTaken ? { writes: undefined, gives: colors } : { writes: assignments }),
      compiled: {
        kind: 'handler',
        run(error, { document }) {
          if (isTaken) taking.take(document, write)
          else write(document)
          return { ...substitute(error, undefined), assigned: true }
        },
      },
    }
  }
  return bindOtherOperation(entry.invoke, within(position, 'invoke'), parts, binder)
}

function bindOtherOperation(
  reference: string,
  position: Position,
  { name, taking }: FallbackParts,
  binder: Binder,
): BoundFallback | undefined {
  const other = binder.operation(reference, position)
  if (!other) return undefined
  const at = position.source.locate(position.path)
  const { operation } = other
  const parts = { name, other, policies: {}, position, overrides: new Map(), fallbacks: [], isProvidedFor: true }
  const policies = resolveAround(parts, binder)
  const site = buildSite({ ...parts, resolved: policies }, binder)
  const index = binder.addCallSite(site)
  const applyOutputs = compileOutputs(operation)
  return {
    kind: 'invoke',
    at,
    summary: reference,
    call: { operation, site, policies },
    reads: [
      ...operation.reads,
      ...(operation.service.reads ?? []),
      ...operation.inputs.map(
        (input): Read => ({ reference: { kind: 'color', color: input.color, rest: [] }, at, demand: 'tolerated' }),
      ),
    ],
    ...(taking.isTaken
      ? { writes: undefined, gives: operation.outputs.map(({ color }) => color) }
      : { writes: operation.outputs.map(({ color }) => ({ color, at })) }),
    compiled: {
      kind: 'handler',
      async run(error, context) {
        countCalls((context as Context).run, 1)
        const response = await (context as Context).run.calls[index]!(context)
        taking.take(context.document, (given) => applyOutputs(given, response))
        const { status, headers, body, attempts, isPersonal } = response
        return { status, headers, body, attempts, isPersonal, source: 'fallback', error, assigned: true }
      },
    },
  }
}

function bodyOf(value: unknown): Body | undefined {
  return value === undefined ? undefined : Body.ofValue(value)
}

function substitute(error: GatewayError, body: Body | undefined): CallResponse {
  return { status: 200, headers: {}, body, source: 'fallback', attempts: 0, error }
}
