import * as z from 'zod'
import { colorKey, timeSpan } from '../binding/scalars.ts'
import { type Position, within } from '../binding/shape.ts'
import { GatewayError } from '../errors.ts'
import { printDuration } from '../expressions/units.ts'
import { pause } from '../pause.ts'
import type { Context } from './context.ts'
import { bindSignal } from './signal.ts'
import { type Binder, defineStep, type StepBinding } from './step.ts'

/** What a durable run waits for that is sent to it. */
const signal = z
  .strictObject({
    signal: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/)
      .describe('Its name. Those that come before the step waits are kept, and each is taken once.'),
    timeout: timeSpan.describe('How long it is waited for; then it is `timeout`.'),
    out: z.record(colorKey, z.string()).default({}).describe('Color: JSONPath into what comes by it.'),
  })
  .describe('Waits for a signal, in a durable route.')

/** Waits, inside the budget of the request. */
export const wait = defineStep({
  kind: 'wait',
  category: 'control',
  summary: 'Waits, inside the budget of the request; in a durable route as long as it takes, and for signals.',
  example: '- wait: 200ms',
  shape: z.strictObject({
    wait: z
      .union([timeSpan, signal])
      .describe('How long; more than is left of the budget is `timeout` at once. Or for which signal.'),
  }),
  bind({ config, position }, binder) {
    const { wait: what } = config
    const at = position.source.locate([...position.path, 'wait'])
    if (typeof what !== 'number') return bindSignalWait(what, position, binder)
    return {
      caption: { title: `wait ${printDuration(what)}` },
      takes: { ms: what, at },
      compile: ({ recordedAs }) => compilePause(what, recordedAs),
    }
  },
})

function bindSignalWait(
  { signal: name, timeout, out }: z.output<typeof signal>,
  position: Position,
  binder: Binder,
): StepBinding {
  const bound = bindSignal(name, out, within(position, 'wait', 'out'), binder)
  return {
    caption: { title: `wait for ${name}`, lines: [`at most ${printDuration(timeout)}`] },
    takes: { ms: timeout, at: position.source.locate([...position.path, 'wait', 'timeout']) },
    writes: bound.writes,
    raises: ['timeout'],
    awaits: bound,
    compile: ({ recordedAs: place }) => {
      if (place === undefined) throw new Error('a signal is waited for in a durable route')
      return async ({ run, scope, document }) => {
        const message = await run.recorder!.receive(place, { kind: 'signal', name }, timeout, scope)
        if (!message) throw new GatewayError('timeout', { title: `The signal ${name} did not come in time` })
        bound.write(message.body, document)
      }
    },
  }
}

/** A durable run goes on waiting after a restart, until the moment at which it would have gone on. */
export function compilePause(
  ms: number,
  recordedAs: string | undefined,
): (context: Context) => Promise<void> | undefined {
  if (recordedAs === undefined) return (context) => pauseInTime(ms, context)
  return ({ run, scope }) => (ms > 0 ? run.recorder!.wait(recordedAs, ms, scope) : undefined)
}

/** Waits where there is time for it; else fails at once, so that what stands in still has some. */
export function pauseInTime(ms: number, { run, scope }: Context): Promise<void> | undefined {
  if (ms > run.deadline - run.now()) {
    const title = 'The time budget of the request is used up'
    throw new GatewayError('timeout', { title, detail: `the request has no ${printDuration(ms)} left to wait` })
  }
  return ms > 0 ? pause(ms, run.clock, scope) : undefined
}
