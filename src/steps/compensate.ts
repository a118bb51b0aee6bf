import * as z from 'zod'
import { defineStep } from './step.ts'

/** Undoes calls of a durable route, or says that they stand. */
export const compensate = defineStep({
  kind: 'compensate',
  category: 'control',
  summary: 'Undoes calls of a durable route by their `compensate`, the last one first.',
  example: `- try: [ { invoke: user.profile } ]
  catch: [ { errors: [all], do: [ { compensate: all } ] } ]`,
  shape: z.strictObject({
    compensate: z
      .union([z.enum(['all', 'none']), z.array(z.string()).min(1)])
      .describe(
        '`all`: of the `try` around it, else of the run; a list: the calls of these names; `none`: what was done stands.',
      ),
  }),
  bind({ config: { compensate: which } }) {
    return {
      caption: { title: `compensate ${Array.isArray(which) ? which.join(', ') : which}` },
      undoes: which,
      compile: () => (context) => context.run.recorder?.compensate(which),
    }
  },
})
