import type { Language } from '../binding/color.ts'
import type { Read } from '../binding/reference.ts'
import { fixedStatus } from '../binding/status.ts'
import { json } from '../formats/json.ts'
import type { ParsedPart } from '../routes/part.ts'
import type { BoundPart } from '../steps/step.ts'
import { bindPart } from './bind-part.ts'
import { RouteBinder } from './binder.ts'
import type { BoundRoute } from './bound-route.ts'
import type { Catalogue } from './catalogue.ts'
import { partChecks } from './checks/index.ts'
import { checkOutputsAreUsed } from './checks/outputs-are-used.ts'
import type { Parts } from './parts.ts'

/** A part by itself: what it is to the checks and to a drawing. */
export interface StandingPart {
  readonly name: string
  readonly file: string
  readonly summary: string | undefined
  readonly part: BoundPart
  readonly bound: BoundRoute
}

/** Binds a part by itself and holds it against the rules that need no route around it. */
export function checkPart(parsed: ParsedPart, parts: Parts, catalogue: Catalogue, language: Language): StandingPart {
  const binder = new RouteBinder(parsed.name, catalogue, language, { parts, standing: parsed.name })
  const part = bindPart(parsed, binder)
  const bound = asRoute(parsed, part, binder)
  for (const check of partChecks) check(bound, language)
  checkOutputsAreUsed(bound, language.diagnostics)
  const { name, definition, position } = parsed
  return { name, file: position.source.path, summary: definition.summary, part, bound }
}

/** What it takes comes with the request, what it gives is its answer. */
function asRoute({ name, definition, position }: ParsedPart, part: BoundPart, binder: RouteBinder): BoundRoute {
  const { source } = position
  const at = source.locate([])
  const { finalReads, ...body } = part.block
  return {
    name,
    file: source.path,
    summary: definition.summary,
    tool: undefined,
    match: { method: '*', path: '', segments: [] },
    matchAt: at,
    settings: undefined,
    timeoutMs: Number.POSITIVE_INFINITY,
    maxRequestBytes: 0,
    maxCalls: Number.POSITIVE_INFINITY,
    maxWork: Number.POSITIVE_INFINITY,
    durable: undefined,
    durableAt: source.locate([]),
    accepts: [],
    acceptsAt: at,
    origins: undefined,
    browsers: {},
    access: undefined,
    grants: undefined,
    inputs: part.inputs.map(({ color, isOptional, default: value, at: where }) => {
      const { schema = {}, sensitivity = 'public' as const } = binder.colors.get(color) ?? {}
      const certain = !isOptional || value !== undefined
      const locator = { in: 'query', name: color, separator: undefined } as const
      return {
        color,
        locator,
        from: 'the caller',
        required: certain,
        certain,
        default: value,
        schema,
        sensitivity,
        at: where,
      }
    }),
    body,
    response: answerOf(finalReads ?? [], at),
    admission: undefined,
    priorityReads: [],
    degradedMaxAgeMs: undefined,
    etag: false,
    cacheTtlMs: undefined,
    callSites: binder.callSites,
    incomplete: binder.incomplete,
  }
}

function answerOf(reads: readonly Read[], at: Read['at']): BoundRoute['response'] {
  const template = { kind: 'literal', at: [], value: null } as const
  const body = { template, reads, schema: undefined, at, locate: () => at, evaluate: () => undefined }
  return { status: fixedStatus(200), headers: [], body, encoding: json, reads, streams: false }
}
