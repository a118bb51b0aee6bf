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
import type { Document } from '../../expressions/document.ts'
import type { WorkBudget } from '../../expressions/work.ts'
import type { LimitDefinition, PlannedRates } from '../../operations/admission.ts'
import type { ParsedRoute } from '../../routes/route.ts'
import type { Path } from '../../yaml/source.ts'
import type { BoundInput } from '../inputs.ts'
import type { RequestParts } from '../request-parts.ts'
import { isInherited, type RouteSettings, type Said } from '../route-settings.ts'
import { EarlyReads } from './early.ts'
import { compileKey, requestPart } from './key.ts'

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
  /** Rates of some who ask, and which is whose. */
  readonly plans?: (PlannedRates & { readonly planOf: (request: RequestParts) => unknown }) | undefined
  /** As the file has it, for people. */
  readonly by: readonly string[]
  readonly keyOf: (request: RequestParts) => string
  /** Whether it counts by the address alone, so that it stands before anybody is asked who he is. */
  readonly isByAddress: boolean
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
  const earlyOf = (said: Said<unknown>) => {
    const heir = isInherited(said) ? locateHeir(said, parsed) : undefined
    return new EarlyReads(inputs, { ...language, heir }, tellLate(said, parsed, language))
  }
  const bind = (text: string, said: Said<unknown>, ...path: Path) =>
    earlyOf(said).key(text, said.position.source.locate([...said.position.path, ...path]))
  const counted = limit?.value?.by.map((text, index) => bind(text, limit, 'by', ...(isListOf(limit) ? [index] : [])))
  const by = bulkhead?.value?.by
  const client = by === undefined ? [] : [bind(by, bulkhead!, 'by')]
  const limits: RequestLimit[] = []
  if (gatewayLimit) limits.push(compileGatewayLimit(gatewayLimit))
  if (limit?.value && counted) {
    const { policy, plans, by } = limit.value
    const { source, path } = limit.position
    const planOf = plans && earlyOf(limit).claim(plans.of, source.locate([...path, 'rate', 'of']))
    limits.push({
      scope: 'route',
      name: parsed.name,
      policy,
      plans: plans && { ...plans, planOf: planOf! },
      by,
      keyOf: compileKey(counted),
      isByAddress: isByAddress(by) && !plans,
    })
  }
  const fixed = priorities.indexOf(priority?.value as Priority)
  return {
    priority: fixed < 0 ? normalPriority : fixed,
    priorityOf:
      priority?.value !== undefined && fixed < 0
        ? bindEarlyPriority(priority.value, priority, earlyOf(priority), language)
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
    const key = part === 'headers' ? name?.toLowerCase() : name
    return (request: RequestParts) => requestPart(request, part, key)
  })
  return { scope: 'gateway', name: 'gateway', policy, by, keyOf: compileKey(readers), isByAddress: isByAddress(by) }
}

/** Whether its `by` is a list in the file. */
function isListOf({ position: { source, path } }: Said<unknown>): boolean {
  return Array.isArray(source.valueAt([...path, 'by']))
}

/** What guards is not passed over where it cannot hold: whoever inherits it is told. */
function tellLate(said: Said<unknown>, route: ParsedRoute, { diagnostics }: Language) {
  return (message: string, at: Location, help: string) => {
    if (!isInherited(said)) {
      diagnostics.add('late-key', message, at, help)
      return
    }
    const key = String(said.position.path.at(-1))
    const here = locateHeir(said, route)
    const way = `give the route such an input, or a \`${key}\` of its own; the one that it inherits reads it`
    diagnostics.add('late-key', message, here, way, at)
  }
}

/** Where a route says that it inherits something. */
function locateHeir({ origin }: Said<unknown>, { position: { source } }: ParsedRoute): Location {
  return source.locateKey([origin.by === 'preset' ? 'use' : 'match'])
}

function isByAddress(by: readonly string[]): boolean {
  return by.length > 0 && by.every((text) => text === 'request.ip')
}

/** A template's class, from the parts and inputs that it reads. */
function bindEarlyPriority(
  priority: string,
  { position }: Said<unknown>,
  early: EarlyReads,
  language: Language,
): NonNullable<RouteAdmission['priorityOf']> {
  const template = bindTemplate(priority, position, language)
  const view = early.view(template.reads, position.source.locate(position.path))
  const priorityOf = compilePriority(template)
  return (request, work) => priorityOf(view(request, work))
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
