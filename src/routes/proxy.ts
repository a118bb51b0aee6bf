import * as z from 'zod'
import { headersShape } from '../binding/headers.ts'
import { meaning, timeSpan } from '../binding/scalars.ts'
import { isHeaderName } from '../header-fields.ts'

const headerOrCookie = z
  .string()
  .refine((text) => isHeaderName(text.replace(/^cookie\./, '')), 'write the name of a header, or cookie.NAME')
  .transform((text) => text.replace(/^(?!cookie\.).*$/, (name) => name.toLowerCase()))

const mapping = z.strictObject({
  service: meaning(z.string(), 'service').describe('Where requests are passed through to.'),
  path: z
    .string()
    .startsWith('/', 'a path begins with /')
    .optional()
    .describe(
      'Behind the endpoint’s own path, in place of the path that came: `/v2/{rest}`, with parameters of `match` as they came. The query stays.',
    ),
  headers: headersShape
    .optional()
    .describe('Sent in place of what the client sends under these names; one without a value is not sent at all.'),
  pass: z
    .array(headerOrCookie)
    .min(1)
    .optional()
    .describe('Credentials that go on: `authorization`, `x-api-key`, `cookie`, or `cookie.NAME` for that one.'),
  drop: z.array(headerOrCookie).min(1).optional().describe('Headers that stay here, or `cookie.NAME` for that one.'),
  host: z
    .enum(['service', 'client'])
    .default('service')
    .describe('Whose `Host` the service is told: the endpoint’s own, or that which the client asked for.'),
  idle: timeSpan
    .optional()
    .describe(
      'How long nothing may move once an answer has begun: neither from the service nor to a client that does not read. Then both connections are closed, and those of a WebSocket. Without it a silent service has 5 minutes, a client that does not read 20 seconds, and a WebSocket as long as it likes.',
    ),
})

/** `proxy:` as a mapping. */
export type ProxyDefinition = z.output<typeof mapping>

/** `proxy:` */
export const proxyShape = z
  .union([meaning(z.string(), 'service').describe('The service.'), mapping])
  .transform((proxy): ProxyDefinition => (typeof proxy === 'string' ? { service: proxy, host: 'service' } : proxy))
  .meta({ description: 'A service to pass the request through to, in place of `do` and `response`.' })
