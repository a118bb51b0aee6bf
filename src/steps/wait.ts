import * as z from 'zod'
import { timeSpan } from '../binding/scalars.ts'
import { GatewayError } from '../errors.ts'
import { printDuration } from '../expressions/units.ts'
import { pause } from '../pause.ts'
import type { Context } from './context.ts'
import { defineStep } from './step.ts'

/** What outlives a request has nowhere to be kept yet. */
const durable = z
  .looseObject({})
  .refine(() => false, {
    message: 'only a durable route waits for a moment or a signal, and there are none yet',
    params: { help: 'inside a request it is a duration: `wait: 200ms`' },
  })
  .meta({ not: {} })

/** Waits, inside the budget of the request. */
export const wait = defineStep({
  kind: 'wait',
  category: 'control',
  summary: 'Waits, inside the budget of the request.',
  example: '- wait: 200ms',
  shape: z.strictObject({
    wait: z.union([timeSpan, durable]).describe('How long; more than is left of the budget is `timeout` at once.'),
  }),
  bind({ config, position }) {
    const ms = config.wait as number
    return {
      caption: { title: `wait ${printDuration(ms)}` },
      takes: { ms, at: position.source.locate([...position.path, 'wait']) },
      compile: ({ recordedAs }) => compilePause(ms, recordedAs),
    }
  },
})

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
