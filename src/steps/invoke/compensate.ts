import * as z from 'zod'
import type { Read } from '../../binding/reference.ts'
import { colorKey, duration, meaning, template } from '../../binding/scalars.ts'
import { type Position, within } from '../../binding/shape.ts'
import type { Scope } from '../../cancellation.ts'
import type { BoundOperation } from '../../operations/bound-operation.ts'
import { Context, deriveRun } from '../context.ts'
import { compileFork } from '../fork.ts'
import { bindOverrides } from '../overrides.ts'
import type { Recorder } from '../recorder.ts'
import type { Binder } from '../step.ts'
import type { BoundCompensation } from '../step-call.ts'
import { buildSite, resolveAround } from './site.ts'

/** The longest wait between two tries. */
const mostDelayMs = 10 * 60_000

const retry = z
  .strictObject({
    attempts: z.int().min(1).max(100).default(10).describe('Attempts in all, the first included.'),
    delay: duration.default(1000).describe('Wait before the second attempt; no wait is longer than 10 minutes.'),
    backoff: z
      .enum(['constant', 'exponential'])
      .default('exponential')
      .describe('Whether each wait is twice the last.'),
  })
  .prefault({})
  .describe('How often it is tried before the run is parked: 10 times unless given, from 1s on.')

export const compensateShape = z
  .strictObject({
    invoke: meaning(z.string(), 'operation').describe('`service.operation`, one that is idempotent.'),
    with: z.record(colorKey, template).optional().describe('Color: template, in place of the wiring.'),
    retry,
  })
  .describe('What undoes the call, in a durable route.')

/** Binds what undoes a call; undefined where nothing does, or it cannot be found, which is reported. */
export function bindCompensation(
  config: z.output<typeof compensateShape> | undefined,
  name: string,
  owner: Position,
  binder: Binder,
): BoundCompensation | undefined {
  if (!config) return undefined
  const position = within(owner, 'compensate')
  const other = binder.operation(config.invoke, within(position, 'invoke'))
  if (!other) return undefined
  const { operation } = other
  const at = position.source.locate([...position.path, 'invoke'])
  const taken = new Set([
    ...operation.inputs.map(({ color }) => color),
    ...operation.reads.flatMap(({ reference }) => (reference.kind === 'color' ? [reference.color] : [])),
  ])
  const overrides = bindOverrides(config.with ?? {}, taken, config.invoke, position, binder)
  const parts = { name, other, policies: {}, position, overrides, fallbacks: [], isProvidedFor: false }
  const policies = resolveAround(parts, binder)
  const site = buildSite({ ...parts, name: `${name}:compensate`, resolved: policies }, binder)
  const index = binder.addCallSite(site)
  const own = [...operation.inputs.map(readInput), ...operation.reads, ...(operation.service.reads ?? [])]
  const reads = [
    ...own.filter(({ reference }) => reference.kind !== 'color' || !overrides.has(reference.color)),
    ...[...overrides.values()].flatMap((override) => override.reads),
  ].map((read) => ({ ...read, at }))
  const { attempts, delay, backoff } = config.retry
  const delayMs = (attempt: number) =>
    Math.min(mostDelayMs, backoff === 'exponential' ? delay * 2 ** (attempt - 1) : delay)
  const fork = compileFork(reads.flatMap(({ reference }) => (reference.kind === 'color' ? [reference.color] : [])))
  return {
    ...{ operation, site, policies, overrides, reads, at },
    compile: (place, run) => (context, startedAt) => {
      const recorder = context.run.recorder!
      // What it reads is there as it was before the call, and what the call gave.
      let document = fork(context.document)
      const send = (own: Recorder, scope: Scope) => {
        const whole = deriveRun(context.run, { recorder: own, deadline: Number.POSITIVE_INFINITY })
        return context.run.calls[index]!(new Context(whole, document, scope, context.span))
      }
      recorder.mayUndo(place, { step: name, attempts, delayMs, send })
      const pending = run(context, startedAt)
      return pending?.then((outcome) => {
        document = fork(context.document)
        recorder.leaveBehind(place)
        return outcome
      })
    },
  }

  function readInput({ color, optional }: BoundOperation['inputs'][number]): Read {
    return { reference: { kind: 'color', color, rest: [] }, at, demand: optional ? 'guarded' : 'required' }
  }
}
