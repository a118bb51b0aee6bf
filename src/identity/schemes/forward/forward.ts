import * as z from 'zod'
import { meaning } from '../../../binding/scalars.ts'
import { defineScheme } from '../../scheme.ts'

const operation = meaning(z.string().min(1), 'operation')
const settingsShape = z.strictObject({
  operation: operation.describe('It, as `service.operation`.'),
  subject: z.string().min(1).default('sub').describe('Which of its outputs says who asks: `user.id`.'),
  roles: z.string().min(1).optional().describe('Which of its outputs are the roles. `roles` unless given.'),
})

/** An operation is asked who asks, and whether he may: what it gives are his claims. */
export const forward = defineScheme({
  name: 'forward',
  example: 'policy: { forward: authz.check }',
  shape: z
    .union([operation.describe('The operation, as `service.operation`.'), settingsShape])
    .transform((written) => (typeof written === 'string' ? settingsShape.parse({ operation: written }) : written))
    .meta({ description: 'An operation that is asked: an answer of 2xx lets in, 401 and 403 are handed on.' }),
  challenge: 'Bearer',
  // It may look at any of them.
  isAmbient: true,
  places: () => [],
  asks: ({ operation, subject, roles }) => ({ operation, subject, roles }),
  caption: ({ operation }) => `what ${operation} lets in`,
  describe: ({ operation }) => ({ type: 'http', scheme: 'bearer', description: `Whatever ${operation} looks at.` }),
  open: () => ({
    verify: () => ({ kind: 'unavailable', reason: 'nobody is there who asks an operation', retryAfter: 1 }),
  }),
})
