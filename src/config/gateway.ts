import * as z from 'zod'
import { count, share, size, timeSpan } from '../binding/scalars.ts'
import { compressShape } from '../browsers/coding/compress-shape.ts'
import { corsShape } from '../browsers/cors-shape.ts'
import { securityHeadersShape } from '../browsers/security-headers.ts'
import { budgetHeader } from '../calls/headers.ts'
import type { PolicyKinds } from '../calls/policy.ts'
import { defaultMaxWork } from '../expressions/work.ts'
import { isHeaderName } from '../header-fields.ts'
import { authRuleShape } from '../identity/access.ts'
import { authShape } from '../identity/auth.ts'
import { failureRateShape } from '../identity/failures.ts'
import { isSafeOrigin } from '../identity/fetch-json.ts'
import { policyKinds } from '../operations/policies/index.ts'
import { routePresetShape, routeSetShape } from '../operations/route-set.ts'
import { accessLogShape } from './access-log.ts'
import { adminShape } from './admin.ts'
import { gatewayLimitShape, overloadShape } from './admission.ts'
import { budgetHeaderShape } from './budget-header.ts'
import { callSetShape, createCallSetShape } from './call-set.ts'
import { historyShape } from './history.ts'
import { drainShape, listenShape } from './listen.ts'
import { proxyRange } from './listen-proxy.ts'
import { mcpShape } from './mcp.ts'
import { registerShape } from './register.ts'
import { storesShape } from './stores.ts'
import { streamsShape } from './streams.ts'

const defaultMaxCalls = 1000

/** Whose trace context is taken up. */
const traceTrusts = ['trusted', 'all', 'none'] as const
export type TraceTrust = (typeof traceTrusts)[number]

const baggageName = z.string().refine(isHeaderName, 'not the name of a member of a baggage')

/** What holds where nothing nearer says otherwise. */
const defaultsOf = (call: typeof callSetShape) =>
  z
    .strictObject({
      timeout: timeSpan.default(1_000).describe('Budget of a route, and of one attempt, that set none.'),
      maxRequestBody: size
        .default(1024 * 1024)
        .describe('Of one request of a client; larger ones are refused with 413.'),
      maxCalls: count.default(defaultMaxCalls).describe('Calls that the steps of a route may start for one request.'),
      maxWork: count
        .default(defaultMaxWork)
        .describe(
          'Elements, members, comparisons and KB of text that the templates of a route may go through; a key of a map counts as five.',
        ),
      maxResponseBody: size
        .default(8 * 1024 * 1024)
        .describe('Of one backend answer; chunk sizes, extensions and trailers count too, beyond 64 KB of them.'),
      auth: authRuleShape.optional().describe('Who may ask, where a route says nothing. Required beside `auth`.'),
      authFailures: failureRateShape
        .optional()
        .describe(
          'Credentials that are none: beyond so many of one address its next ones are refused with 429, unseen.',
        ),
      call: call.optional().describe('What holds for the calls of every service.'),
      route: routeSetShape.optional().describe('What holds for every route; nearer than what stands beside it.'),
    })
    .prefault({})
    .describe('What holds where a route or a service says nothing.')

const presetsOf = (call: typeof callSetShape) =>
  z
    .record(
      z.string().regex(/^[a-zA-Z][\w-]*$/, 'a preset is named by letters, digits, - and _'),
      z
        .strictObject({
          call: call.optional().describe('For the calls of services, operations and steps that `use` it.'),
          route: routePresetShape.optional().describe('For routes that `use` it.'),
        })
        .refine(
          ({ call, route }) => call !== undefined || route !== undefined,
          'a preset has `call` or `route`, or both',
        ),
    )
    .default({})
    .describe('Sets of policies by name, for `use` of services, operations, steps and routes.')

/** `config/gateway.yaml` */
export const gatewayShape = z
  .strictObject({
    listen: listenShape.prefault(8080),
    drain: drainShape,
    admin: adminShape,
    include: z
      .union([z.string(), z.array(z.string()).min(1)])
      .optional()
      .describe(
        'Files with more of this one, from this file: `../shared/*.yaml`. They say whatever this one may, but where other files are.',
      ),
    routes: z
      .string()
      .default('../routes')
      .describe('Directory of the routes, from this file; those in it are looked through as well.'),
    parts: z
      .string()
      .default('../parts')
      .describe('Directory of the parts that routes share, from this file; those in it are looked through as well.'),
    services: z
      .string()
      .default('./services')
      .describe('Directory of the services, from this file; those in it are looked through as well.'),
    dictionary: z
      .string()
      .default('./dictionary.yaml')
      .describe('The data dictionary, from this file: a file, or a directory whose files are looked through.'),
    extensions: z
      .union([z.string(), z.array(z.string())])
      .default([])
      .describe(
        'Modules of extensions: a directory of them, or files and directories, below the directory of this file. They run in the gateway.',
      ),
    zone: z.string().optional().describe('Where it runs: endpoints in the same zone are preferred.'),
    auth: authShape,
    publicUrl: z
      .string()
      .refine(isSafeOrigin, 'it is no URL of https, or of this machine')
      .refine((text) => URL.canParse(text) && !/[?#]/.test(text), 'it has neither query nor fragment')
      .transform((text) => text.replace(/\/+$/, ''))
      .optional()
      .describe('Where browsers find the gateway: `https://shop.example.com`. People who sign in come back to it.'),
    register: registerShape.optional(),
    openapi: z
      .boolean()
      .default(false)
      .describe(
        'Whether `GET /openapi.json` answers what the aggregated endpoints take and give: to whom `defaults.auth` says.',
      ),
    mcp: mcpShape,
    defaults: defaultsOf(callSetShape),
    presets: presetsOf(callSetShape),
    trustedProxies: z
      .array(proxyRange)
      .default([])
      .describe(
        'Addresses or CIDR ranges of the proxies that are believed, or `loopback`, `linklocal`, `uniquelocal`: in X-Forwarded-For, in traces, and in headers that only proxies may send.',
      ),
    budgetHeader: budgetHeaderShape
      .default(budgetHeader)
      .describe(
        'The header that tells backends how many milliseconds the gateway still waits. `false`: none. Of `trustedProxies` it is believed: it shortens the budget of a route.',
      ),
    cors: corsShape.optional().describe('Which pages of other origins may read answers. Without it none may.'),
    compress: compressShape
      .optional()
      .describe(
        'Answers that are text go out compressed, those of `proxy:` too, in a coding that the client takes. Not those to somebody whom a cookie or a password names, unless the route says so.',
      ),
    securityHeaders: securityHeadersShape.optional(),
    limit: gatewayLimitShape.optional(),
    overload: overloadShape,
    stores: storesShape,
    console: z
      .boolean()
      .default(false)
      .describe('Whether the admin listener has the console, at `/console`. `tessera dev` has it anyway.'),
    history: historyShape.optional(),
    streams: streamsShape,
    accessLog: accessLogShape,
    telemetry: z
      .strictObject({
        service: z.string().default('tessera').describe('The name of the gateway in traces.'),
        sampling: share.default(0.01).describe('Share of requests that are traced; OTEL_* variables win.'),
        trust: z
          .enum(traceTrusts)
          .default('trusted')
          .describe('Whose trace is continued: of `trustedProxies`, of `all`, of `none`. For others a new one begins.'),
        buckets: z
          .array(timeSpan)
          .min(1)
          .max(50)
          .refine(
            (bounds) => bounds.every((bound, at) => at === 0 || bound > bounds[at - 1]!),
            'each bound is longer than the one before it',
          )
          .optional()
          .describe('Upper bounds of the buckets of every duration in /metrics, ascending: `[10ms, 50ms, 250ms, 1s]`.'),
        baggage: z
          .array(baggageName)
          .optional()
          .describe(
            'Members of the baggage that go on to backends; all unless given. Of who is not trusted none does.',
          ),
      })
      .refine(({ trust, baggage }) => trust !== 'none' || baggage === undefined, {
        path: ['baggage'],
        message: 'no baggage is taken where `trust` is `none`',
      })
      .prefault({})
      .describe('What is told to OpenTelemetry; where to, its OTEL_* variables say.'),
  })
  .meta({ description: 'The gateway: listeners, defaults, limits, telemetry, and where the other files are.' })

/** They say where files are, or that there are more: only the gateway's own file does. */
export const ownKeys = ['include', 'routes', 'parts', 'services', 'dictionary', 'extensions'] as const

/** Keys whose members may stand in different files. */
export const sharedKeys = ['defaults', 'presets'] as const

/** The same by the policies that there are. */
export function createGatewayShape(kinds: PolicyKinds): typeof gatewayShape {
  if (kinds === policyKinds) return gatewayShape
  const call = createCallSetShape(kinds)
  return gatewayShape.safeExtend({ defaults: defaultsOf(call), presets: presetsOf(call) }).meta(gatewayShape.meta()!)
}

export type GatewaySettings = z.output<typeof gatewayShape>
