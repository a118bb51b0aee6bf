import * as z from 'zod'
import { colorKey, meaning } from '../binding/scalars.ts'
import { checkShape, type Position } from '../binding/shape.ts'
import { steps } from '../binding/steps.ts'
import { withRole } from '../binding/variables.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { authRuleShape } from '../identity/access.ts'
import { grantKeys } from '../operations/access-set.ts'
import { holdsForProxy, holdsForTrigger, routeKeys, routeSetKeys } from '../operations/route-set.ts'
import { useShape } from '../operations/use.ts'
import { catchArm } from '../steps/catch.ts'
import { routeResponseShape } from '../steps/response.ts'
import type { ParsedBlock, StepKinds } from '../steps/step.ts'
import type { Source } from '../yaml/source.ts'
import { type DurableSettings, defaultDurable, durableShape, replyShape } from './durable.ts'
import { parseMatches, type RouteMatch } from './match.ts'
import { onShape, printTrigger, type Trigger } from './on.ts'
import { listOf, parseBlock, parseHandlers } from './parse-steps.ts'
import { nameOfFile } from './part.ts'
import { proxyShape } from './proxy.ts'

const part = withRole(meaning(z.string(), 'request-part'), 'language')
const input = z.union([
  part.describe('A locator: path.x, query.x, header.x, cookie.x or a JSONPath into the body.'),
  z.strictObject({
    from: part.describe('A locator, as above.'),
    // Its color says what a variable in it is.
    default: withRole(z.any(), 'inside').optional().describe('What it is when the request does not have it.'),
  }),
])

const host = z
  .string()
  .regex(/^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i, 'a host is written without scheme and port: api.example.com')
  .transform((name) => name.toLowerCase())

/** `routes/**\/*.yaml` */
export const routeShape = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w./-]+$/, 'a route is named by letters, digits, - _ . and /')
      .optional()
      .describe('The file’s name by default.'),
    match: z
      .union([z.string(), z.array(z.string()).min(1)])
      .optional()
      .describe('`METHOD /path/{param}/*rest`; a list of paths with the same parameters, all of one method.'),
    on: onShape.optional(),
    listeners: z
      .array(z.string())
      .min(1)
      .optional()
      .describe(
        'Listeners of the gateway that it is there for, by their names; at others it is not. All unless given.',
      ),
    hosts: z
      .array(host)
      .min(1)
      .optional()
      .describe(
        'Hosts that it is there for: `api.example.com`, or `*.example.com` for one label or more. All unless given.',
      ),
    summary: z.string().optional().describe('What it is for, in a line.'),
    use: useShape.optional(),
    ...routeKeys,
    in: z
      .record(colorKey, input)
      .optional()
      .describe('Color: where it comes from in the request; `color?` may be absent.'),
    decode: z
      .array(z.enum(['json', 'form', 'multipart', 'text', 'xml', 'csv']))
      .min(1)
      .optional()
      .describe('What a request’s body may be, by its content type; others are refused with 415. JSON by default.'),
    auth: authRuleShape.optional(),
    ...grantKeys,
    tool: z
      .union([
        z.boolean(),
        z.strictObject({
          description: z.string().min(1).max(2000).describe('What it does and when to use it, for a model.'),
        }),
      ])
      .optional()
      .describe('A tool of `mcp` in the gateway’s file; `true`: its `summary` describes it.'),
    durable: durableShape.optional(),
    reply: replyShape.optional(),
    do: steps.optional().describe('What happens, one step after the other.'),
    catch: z.array(catchArm).min(1).optional().describe('What to do when a step fails and nothing else handles it.'),
    response: routeResponseShape.optional().describe('The answer when the steps have ended; 204 without one.'),
    proxy: proxyShape.optional(),
  })
  .superRefine((route, context) => {
    refuseBesideTrigger(route, context)
    const ofAggregated = [
      'do',
      'tool',
      'decode',
      'durable',
      'reply',
      'catch',
      'response',
      ...routeSetKeys.filter((key) => !holdsForProxy(key)),
    ] as const
    const own = ofAggregated.find((key) => route[key] !== undefined && route[key] !== false)
    if (route.proxy !== undefined && own) {
      context.addIssue({
        code: 'custom',
        path: [own],
        message: `a passthrough has no \`${own}\`: it answers what the service answers`,
      })
    }
    const kept = (['cache', 'etag'] as const).find((key) => route[key])
    if (route.response?.stream && kept) {
      context.addIssue({
        code: 'custom',
        path: [kept],
        message: `a page that goes out in parts has no \`${kept}\`: nobody may keep it`,
      })
    }
    if (route.reply && !route.durable && !route.on && route.proxy === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['reply'],
        message: 'only a durable route has a `reply`: others answer when they have ended',
      })
    }
    if (route.proxy === undefined && route.do === undefined && route.response === undefined) {
      context.addIssue({ code: 'custom', message: 'a route has `do` and `response`, or `proxy`' })
    }
  })
  .meta({ description: 'One aggregated endpoint.' })

export type RouteDefinition = z.output<typeof routeShape>

/** Of what brings a request, and of answers. */
const ofRequests = [
  ...([
    'match',
    'listeners',
    'hosts',
    'auth',
    'scopes',
    'roles',
    'allow',
    'decode',
    'tool',
    'reply',
    'response',
    'proxy',
  ] as const),
  ...routeSetKeys.filter((key) => !holdsForTrigger(key)),
]

/** A route is found by a request, or begun by a trigger: then nobody asks, and nobody is answered. */
function refuseBesideTrigger(route: Partial<RouteDefinition>, context: z.RefinementCtx): void {
  const missing = { code: 'invalid_type', expected: 'string', input: undefined, message: 'missing' } as const
  if (!route.on) {
    if (route.match === undefined) context.addIssue({ ...missing, path: ['match'] })
    return
  }
  const own = ofRequests.find((key) => route[key] !== undefined)
  const message = `a route that a trigger begins has no \`${own}\`: nobody asks it, and nobody is answered`
  if (own) context.addIssue({ code: 'custom', path: [own], message })
}

/** What models are told that a route does; undefined where it is no tool of theirs, or says nothing of it. */
export function toolOf({ tool, summary }: Pick<RouteDefinition, 'tool' | 'summary'>): string | undefined {
  return tool === true ? summary : tool === false ? undefined : tool?.description
}

/** A route whose shape is right. */
export interface ParsedRoute {
  readonly name: string
  readonly match: RouteMatch
  /** What is recorded of it; undefined where it is over with its answer. */
  readonly durable: DurableSettings | undefined
  readonly definition: RouteDefinition
  readonly body: ParsedBlock
  readonly handlers: readonly ParsedBlock[]
  readonly position: Position
}

/** Parses a route's file down to its last step; every fault is reported. */
export function parseRoute(
  source: Source,
  kinds: StepKinds,
  diagnostics: DiagnosticCollector,
): ParsedRoute | undefined {
  const position: Position = { source, path: [] }
  const definition = checkShape(routeShape, source.value ?? {}, position, diagnostics)
  const raw = (source.value ?? {}) as { do?: unknown; catch?: unknown }
  // The steps are looked at even when the rest is wrong, so that all faults come at once.
  const body = parseBlock({ order: 'sequence', steps: listOf(raw.do), path: ['do'] }, position, kinds, diagnostics)
  const handlers = parseHandlers(raw.catch, position, kinds, diagnostics)
  if (!definition) return undefined
  const name = definition.name ?? nameOfFile(source.path)
  const durable = durableOf(definition)
  if (definition.on)
    return { name, match: matchOfTrigger(definition.on), durable, definition, body, handlers, position }
  const match = parseMatches([definition.match ?? []].flat(), definition.proxy !== undefined)
  if ('fault' in match) {
    const at = source.locate(Array.isArray(definition.match) ? ['match', match.index] : ['match'])
    diagnostics.add('invalid-match', match.fault, at, 'write it like GET /mobile/{city}/*rest')
    return undefined
  }
  const { hosts, listeners } = definition
  const placed = hosts || listeners ? { ...match, hosts, listeners } : match
  return { name, match: placed, durable, definition, body, handlers, position }
}

/** What is recorded of a route: of one that a trigger begins, always. */
function durableOf({ durable, reply, on }: RouteDefinition): DurableSettings | undefined {
  if (!durable && !on) return undefined
  return { ...defaultDurable, ...durable, ...(reply && { replyWithinMs: reply.within }) }
}

/** Of a route that no request finds: a name for it where others have method and path. */
function matchOfTrigger(on: Trigger): RouteMatch {
  return { method: 'on', path: printTrigger(on), segments: [], on }
}
