import type { Location } from '../../diagnostics/diagnostic.ts'
import type { Area } from '../../expressions/area.ts'
import { traceTemplate } from '../../expressions/template.ts'
import { printLocator } from '../../operations/locator.ts'
import { type BoundRoute, everyStep, operationsOf } from '../../plan/bound-route.ts'
import type { TracedMark } from '../../plan/marks.ts'
import { traceValues } from '../../plan/traced-values.ts'
import type { BoundResponse } from '../../steps/response.ts'
import { findUnnamed } from '../masking/unnamed.ts'

/** Where a color may have come from. */
export type Producer =
  | {
      readonly kind: 'call'
      readonly step: string
      readonly service: string
      readonly operation: string
      /** In its answer: `$.items`. */
      readonly from: string
      readonly at: string
    }
  /** Of the client's request: `query.city`. */
  | { readonly kind: 'request'; readonly from: string; readonly at: string }
  /** A step that made it. */
  | { readonly kind: 'step'; readonly step: string; readonly at: string }

/** A member of an answer, and a color that it is made of. */
export interface Member {
  /** `$.items[*].id` */
  readonly member: string
  readonly color: string
  /** What of the color: `[*].id`; empty for all of it. */
  readonly inner: string
  /** Where the answer's template reads it: `routes/home.yaml:12:9`. */
  readonly at: string
  readonly producers: readonly Producer[]
}

/** For the route's own answer (``), and for each step that answers, where its members come from: told by the plan alone. */
export function findMembers(route: BoundRoute): Readonly<Record<string, readonly Member[]>> {
  return Object.fromEntries(findResponses(route).map(({ step, members }) => [step, members]))
}

/** The same by what each answer is filled from. */
export function findMembersByResponse(route: BoundRoute): ReadonlyMap<object, readonly Member[]> {
  return new Map(findResponses(route).map(({ response, members }) => [response, members]))
}

interface FoundResponse {
  readonly step: string
  readonly response: BoundResponse
  readonly members: readonly Member[]
}

function findResponses(route: BoundRoute): FoundResponse[] {
  const isTraced = () => true
  const traced = traceValues(route, isTraced, isTraced, findUnnamed(route))
  const producers = producersOf(route)
  const found: FoundResponse[] = []
  const add = (step: string, response: BoundResponse | undefined, marks: readonly TracedMark[]) => {
    if (response) found.push({ step, response, members: membersOf(response, marks, producers) })
  }
  add('', route.response, traced.marks)
  for (const step of everyStep(route.body)) if (step.response) add(step.name, step.response, traced.seenIn(step))
  return found
}

function membersOf(
  { body }: BoundResponse,
  marks: readonly TracedMark[],
  producers: ReadonlyMap<string, readonly Producer[]>,
): Member[] {
  if (!body) return []
  const found = new Map<string, Member>()
  for (const { mark, area, at, offset, length, inner = [] } of traceTemplate(body.template, marks)) {
    const member: Member = {
      member: printArea(area),
      color: mark.origin.color,
      inner: printArea(inner).slice(1),
      at: printPlace(body.locate(at, offset, length)),
      producers: producers.get(mark.origin.color) ?? [],
    }
    found.set(`${member.member}\0${member.color}`, member)
  }
  return [...found.values()]
}

function producersOf(route: BoundRoute): Map<string, readonly Producer[]> {
  const found = new Map<string, Producer[]>()
  const add = (color: string, producer: Producer) => {
    const known = found.get(color)
    if (known) known.push(producer)
    else found.set(color, [producer])
  }
  for (const { color, from, at } of route.inputs) add(color, { kind: 'request', from, at: printPlace(at) })
  for (const step of everyStep(route.body)) {
    const given = new Set<string>()
    for (const { service, name, outputs } of operationsOf(step))
      for (const { color, locator, at } of outputs) {
        given.add(color)
        const place = { step: step.name, service: service.name, operation: name }
        add(color, { kind: 'call', ...place, from: printLocator(locator), at: printPlace(at) })
      }
    for (const { color, at } of step.writes ?? [])
      if (!given.has(color)) add(color, { kind: 'step', step: step.name, at: printPlace(at) })
  }
  return found
}

/** `$.items[*].id` */
export function printArea(area: Area): string {
  return area.reduce<string>((path, step) => {
    if (step === null) return `${path}[*]`
    if (typeof step === 'number') return `${path}[${step}]`
    return /^[A-Za-z_]\w*$/.test(step) ? `${path}.${step}` : `${path}[${JSON.stringify(step)}]`
  }, '$')
}

function printPlace({ file, line, column }: Location): string {
  return `${file}:${line}:${column}`
}
