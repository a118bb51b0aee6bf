import type { Read } from '../binding/reference.ts'
import type { BoundOperation } from '../operations/bound-operation.ts'
import { callsBeside, type StepCall } from '../steps/step-call.ts'
import { type BoundRoute, everyStep } from './bound-route.ts'
import { readsWhoAsks } from './calls-with-claims.ts'
import { isOfWhoAsks } from './request-view.ts'
import type { PassthroughRoute } from './snapshot.ts'
import { tracedBehind, traceValues } from './traced-values.ts'

/** A header by which a service is told who asks: it believes it, so that no client says it in our place. */
export interface AssertedHeader {
  readonly service: string
  readonly name: string
}

/** What a route tells services of who asks: by headers in which claims are, or colors that were made of them. */
export function headersAssertedBy(route: BoundRoute | PassthroughRoute): readonly AssertedHeader[] {
  if (!route.access) return []
  if ('kind' in route) return route.passes.asserts.map((name) => ({ service: route.service.name, name }))
  const steps = [...everyStep(route.body)]
  const derived = steps.flatMap(({ derives = [] }) => derives.filter(({ value }) => value.reads.some(readsWhoAsks)))
  const taken = new Set([...route.inputs.filter(isOfWhoAsks), ...derived].map(({ color }) => color))
  const traced = traceValues(route, (color) => taken.has(color))
  return steps.flatMap((step) => {
    const { call } = step
    if (!call) return []
    const seen = { ...traced, marks: traced.seenIn(step) }
    const tells = (read: Read) => readsWhoAsks(read) || tracedBehind(read, seen) !== undefined
    return [
      ...headersOf(call.operation, call.overrides, tells),
      ...callsBeside(call).flatMap(({ operation, overrides = none }) => headersOf(operation, overrides, tells)),
    ]
  })
}

const none: StepCall['overrides'] = new Map()

function headersOf(
  { service, inputs, headers }: BoundOperation,
  overrides: StepCall['overrides'],
  tells: (read: Read) => boolean,
): AssertedHeader[] {
  const wired = inputs.flatMap(({ color, locator, at }) => {
    if (locator.in !== 'header') return []
    const own: Read = { reference: { kind: 'color', color, rest: [] }, at, demand: 'tolerated' }
    return (overrides.get(color)?.reads ?? [own]).some(tells) ? [locator.name] : []
  })
  const set = headers.flatMap(({ name, value }) => (value.reads.some(tells) ? [name] : []))
  return [...wired, ...set].map((name) => ({ service: service.version?.of ?? service.name, name: name.toLowerCase() }))
}

/** The route, of whose clients these headers stay here; the same one where they do anyway. */
export function withhold(route: PassthroughRoute, asserted: readonly AssertedHeader[]): PassthroughRoute {
  const { passes, service } = route
  const more = asserted.filter(({ service: of, name }) => of === service.name && !passes.withheld.has(name))
  if (more.length === 0) return route
  const withheld = new Set([...passes.withheld, ...more.map(({ name }) => name)])
  return { ...route, passes: { ...passes, withheld } }
}
