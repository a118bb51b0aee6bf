import * as z from 'zod'
import { within } from '../binding/shape.ts'
import { bindResponse, compileResponse, responseShape } from './response.ts'
import { defineStep } from './step.ts'

/** Ends the route with this answer. */
export const respond = defineStep({
  kind: 'respond',
  category: 'exit',
  summary: 'Ends the route with this answer.',
  example: '- respond: { status: 404, body: { message: No such product } }',
  shape: z.strictObject({ respond: responseShape.describe('The answer.') }),
  bind(step, binder) {
    const response = bindResponse(step.config.respond, within(step.position, 'respond'), binder)
    return {
      caption: { title: `respond ${response.status.shown}` },
      reads: response.reads,
      ends: true,
      response,
      compile({ blame }) {
        const fill = compileResponse(response, blame)
        return (context) => {
          throw fill(context.document)
        }
      },
    }
  },
})
