import * as z from 'zod'
import { timeSpan } from '../binding/scalars.ts'
import { isHeaderName } from '../header-fields.ts'
import { anyOrigin, originsShape } from './origin.ts'

const name = (what: string) =>
  z.string().refine((text) => isHeaderName(text) && text !== '*', {
    message: `not the name of a ${what}`,
    params: { help: 'there is no wildcard: without this key it is what the routes have' },
  })
const headerName = name('header').toLowerCase()

/** `cors:` */
export const corsShape = z
  .strictObject({
    origins: z
      .array(originsShape)
      .min(1)
      .describe(
        'Whose pages may read the answers: origins as browsers send them; `https://*.example.com` is one label or more below it; `*` alone is every page there is. `null` is never one of them.',
      ),
    methods: z
      .array(name('method').toUpperCase())
      .min(1)
      .optional()
      .describe('What those pages may use beside GET, HEAD and POST; by default the methods that the path has.'),
    headers: z
      .array(headerName)
      .optional()
      .describe(
        'Request headers that they may set; by default those that the route reads, and any where it is a passthrough.',
      ),
    expose: z
      .array(headerName)
      .optional()
      .describe('Headers of answers that they may read; by default the gateway’s own.'),
    credentials: z
      .boolean()
      .default(false)
      .describe('Whether cookies, client certificates and passwords of their visitors come along.'),
    maxAge: timeSpan
      .optional()
      .describe(
        'How long a browser may remember what it was allowed; without it 5 seconds. Browsers stop at some hours.',
      ),
  })
  .superRefine(({ origins, credentials }, context) => {
    if (!origins.includes(anyOrigin)) return
    const refuse = (path: string, message: string, help: string) =>
      context.addIssue({ code: 'custom', path: [path], message, params: { help } })
    if (credentials) {
      refuse('credentials', 'every page there is would act for its visitors', 'list the `origins` that may')
    }
    if (origins.length > 1)
      refuse('origins', '`*` is every origin: the others have no effect', 'leave one or the other')
  })
  .meta({
    description: 'Which pages of other origins may read answers (the CORS protocol of the Fetch standard).',
    examples: [{ origins: ['https://app.example.com'], credentials: true, maxAge: '10m' }],
  })

/** Which pages of other origins may read answers, as a file says it. */
export type CorsPolicy = z.output<typeof corsShape>
