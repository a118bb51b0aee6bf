import {
  type BulkheadPolicy,
  lowestPriority,
  normalPriority,
  type Priority,
  priorities,
  type RatePolicy,
} from '../../admission/policy.ts'
import { type BoundTemplate, bindTemplate } from '../../binding/bind.ts'
import type { Language } from '../../binding/color.ts'
import type { Read } from '../../binding/reference.ts'
import type { Location } from '../../diagnostics/diagnostic.ts'
import { endsRequest, toGatewayError } from '../../errors.ts'
import { createNamespaces } from '../../expressions/color.ts'
import type { Document } from '../../expressions/document.ts'
import { type WorkBudget, workOf } from '../../expressions/work.ts'
import type { LimitDefinition } from '../../operations/admission.ts'
import type { ParsedRoute } from '../../routes/route.ts'
import type { Path } from '../../yaml/source.ts'
import { type BoundInput, compileInputReader } from '../inputs.ts'
import type { RequestParts } from '../request-parts.ts'
import { isInherited, type RouteSettings, type Said } from '../route-settings.ts'
import { bindKeyPart, compileKey, type KeyPart, requestPart } from './key.ts'

/** What stands before a route: decided before the client's body is read, and before a step runs. */
export interface RouteAdmission {
  /** Index in `priorities`; of a class that a template gives, the one where nothing is known of the request yet. */
  readonly priority: number
  /** The class of one request, where a template gives it, and what that takes of its work. */
  readonly priorityOf: ((request: RequestParts, work?: WorkBudget) => number) | undefined
  /** The gateway's own first. */
  readonly limits: readonly RequestLimit[]
  readonly bulkhead:
    | {
        readonly policy: BulkheadPolicy
        readonly by: string | undefined
        readonly clientOf: (request: RequestParts) => string
      }
    | undefined
}

export interface RequestLimit {
  readonly scope: 'gateway' | 'route'
  readonly name: string
  readonly policy: RatePolicy
  /** As the file has it, for people. */
  readonly by: readonly string[]
  readonly keyOf: (request: RequestParts) => string
}

/** A class that a template gives for each call of a route, too. */
export interface BoundPriority {
  readonly reads: readonly Read[]
  readonly priorityOf: ((document: Document) => number) | undefined
}

/** Binds `priority:` of a route for its calls: one that is fixed is asked of nobody. */
export function bindPriority(said: RouteSettings['priority'], language: Language): BoundPriority {
  const priority = said?.value
  if (!said || priority === undefined) return { reads: [], priorityOf: undefined }
  const fixed = priorities.indexOf(priority as Priority)
  if (fixed >= 0) return { reads: [], priorityOf: fixed === normalPriority ? undefined : () => fixed }
  const template = bindTemplate(priority, said.position, language)
  return { reads: template.reads, priorityOf: compilePriority(template) }
}

/** Binds what stands before a route; undefined where nothing does. */
export function bindAdmission(
  parsed: ParsedRoute,
  { priority, limit, bulkhead }: RouteSettings,
  inputs: readonly BoundInput[],
  gatewayLimit: LimitDefinition | undefined,
  language: Language,
): RouteAdmission | undefined {
  if (!priority && !limit?.value && !bulkhead?.value && !gatewayLimit) return undefined
  const bind = (text: string, said: Said<unknown>, ...path: Path) =>
    new EarlyKeys(inputs, said, parsed, language).bind(text, path)
  const counted = limit?.value?.by.map((text, index) => bind(text, limit, 'by', ...(isListOf(limit) ? [index] : [])))
  const by = bulkhead?.value?.by
  const client = by === undefined ? [] : [bind(by, bulkhead!, 'by')]
  const limits: RequestLimit[] = []
  if (gatewayLimit) limits.push(compileGatewayLimit(gatewayLimit))
  if (limit?.value && counted) {
    const { policy, by } = limit.value
    limits.push({ scope: 'route', name: parsed.name, policy, by, keyOf: compileKey(counted) })
  }
  const fixed = priorities.indexOf(priority?.value as Priority)
  return {
    priority: fixed < 0 ? normalPriority : fixed,
    priorityOf:
      priority?.value !== undefined && fixed < 0
        ? new EarlyKeys(inputs, priority, parsed, language).bindPriority(priority.value)
        : undefined,
    limits,
    bulkhead: bulkhead?.value && { policy: bulkhead.value.policy, by, clientOf: compileKey(client) },
  }
}

/** What stands before requests that no route takes: the gateway's own limit. */
export function admitUnmatched(gatewayLimit: LimitDefinition): RouteAdmission {
  return {
    priority: normalPriority,
    priorityOf: undefined,
    limits: [compileGatewayLimit(gatewayLimit)],
    bulkhead: undefined,
  }
}

/** Its keys were checked with the gateway's file: they are parts of the request. */
function compileGatewayLimit({ policy, by }: LimitDefinition): RequestLimit {
  const readers = by.map((text) => {
    const [, part = '', ...rest] = text.split('.')
    const name = rest.length > 0 ? rest.join('.') : undefined
    return readRequest({ part, name: part === 'headers' ? name?.toLowerCase() : name })
  })
  return { scope: 'gateway', name: 'gateway', policy, by, keyOf: compileKey(readers) }
}

/** Whether its `by` is a list in the file. */
function isListOf({ position: { source, path } }: Said<unknown>): boolean {
  return Array.isArray(source.valueAt([...path, 'by']))
}

type Reader = (request: RequestParts) => unknown

const nothing: Reader = () => undefined

function readRequest({ part, name }: Pick<KeyPart & { kind: 'request' }, 'part' | 'name'>): Reader {
  return (request) => requestPart(request, part, name)
}

/** Finds what of the request is there before the route runs and before its body is read. */
class EarlyKeys {
  readonly #inputs: readonly BoundInput[]
  readonly #said: Said<unknown>
  readonly #route: ParsedRoute
  readonly #language: Language

  constructor(inputs: readonly BoundInput[], said: Said<unknown>, route: ParsedRoute, language: Language) {
    this.#inputs = inputs
    this.#said = said
    this.#route = route
    this.#language = language
  }

  bind(text: string, path: Path): Reader {
    const { position } = this.#said
    const at = position.source.locate([...position.path, ...path])
    const part = bindKeyPart(text, at, this.#language)
    if (!part) return nothing
    if (part.kind === 'request') return readRequest(part)
    return this.#readColor(part.color, at) ?? nothing
  }

  /** A template's class, from the parts and inputs that it reads. */
  bindPriority(priority: string): NonNullable<RouteAdmission['priorityOf']> {
    const { position } = this.#said
    const template = bindTemplate(priority, position, this.#language)
    const at = position.source.locate(position.path)
    const parts = new Set<keyof RequestParts>()
    const colors = new Map<string, Reader>()
    for (const { reference } of template.reads) {
      if (reference.kind === 'color') {
        const read = this.#readColor(reference.color, at)
        if (read) colors.set(reference.color, read)
      } else if (reference.kind === 'request' && reference.rest[0] !== undefined && reference.rest[0] !== 'body') {
        parts.add(reference.rest[0] as keyof RequestParts)
      } else this.#refuse('what it reads', at)
    }
    return compileEarlyRank(template, parts, colors)
  }

  #readColor(color: string, at: Location): Reader | undefined {
    const input = this.#inputs.find((candidate) => candidate.color === color)
    if (input && input.locator.in !== 'body') return compileInputReader(input)
    this.#refuse(`\`${color}\``, at, input !== undefined)
    return undefined
  }

  /** What guards is not passed over where it cannot hold: whoever inherits it is told. */
  #refuse(what: string, at: Location, isInBody = false): void {
    const message = isInBody
      ? `${what} stands in the body, which is not read yet when requests are let in`
      : `${what} is not there yet when requests are let in`
    const { diagnostics } = this.#language
    if (!isInherited(this.#said)) {
      diagnostics.add('late-key', message, at, 'use a part of the request, or an input of the route')
      return
    }
    const key = String(this.#said.position.path.at(-1))
    const { source } = this.#route.position
    const here = source.locateKey([this.#said.origin.by === 'preset' ? 'use' : 'match'])
    const help = `give the route such an input, or a \`${key}\` of its own; the one that it inherits reads it`
    diagnostics.add('late-key', message, here, help, at)
  }
}

function compileEarlyRank(
  template: BoundTemplate,
  parts: ReadonlySet<keyof RequestParts>,
  colors: ReadonlyMap<string, Reader>,
): NonNullable<RouteAdmission['priorityOf']> {
  const nameColors = createNamespaces(colors.keys())
  const writers = [...colors].map(([color, read]) => {
    const segments = color.split('.')
    const leaf = segments.pop()!
    return (document: Document, request: RequestParts) => {
      const value = read(request)
      if (value === undefined) return
      const owner = segments.reduce<Record<string, unknown>>((at, name) => at[name] as typeof at, document)
      owner[leaf] = value
    }
  })
  const priorityOf = compilePriority(template)
  return (request, work) => {
    const view: Record<string, unknown> = {}
    for (const part of parts) view[part] = request[part]
    const document: Document = { request: view, steps: {}, [workOf]: work }
    nameColors(document)
    for (const write of writers) write(document, request)
    return priorityOf(document)
  }
}

/**
 * A class that is none is normal. Whoever makes that it cannot be told gains nothing by it: that is the last, and what
 * takes too much work to tell ends the request.
 */
function compilePriority({ evaluate }: BoundTemplate): (document: Document) => number {
  return (document) => {
    try {
      const priority = priorities.indexOf(evaluate(document) as Priority)
      return priority < 0 ? normalPriority : priority
    } catch (thrown) {
      if (endsRequest(toGatewayError(thrown))) throw thrown
      return lowestPriority
    }
  }
}
