import { areasOf, type Read } from '../binding/reference.ts'
import { overlap } from '../expressions/area.ts'
import { areaOfOutside, type Outside, printOutside } from '../expressions/outside.ts'
import { areaInRequest, givesList, printLocator } from '../operations/locator.ts'
import type { BoundStep } from '../steps/step.ts'
import { answersOf, type BoundRoute, everyStep, operationsOf, producedColors } from './bound-route.ts'
import { Marks, type Origin, type TracedMark } from './marks.ts'
import { everyRead } from './reads.ts'
import { Tracer } from './tracer.ts'

/** Where the values of some colors are in a route's context, whatever holds them. */
export interface TracedValues {
  readonly marks: readonly TracedMark[]
  /** What the templates of a step see: these, and what `item` holds there. */
  readonly seenIn: (step: BoundStep) => readonly TracedMark[]
}

const nothing: TracedValues = { marks: [], seenIn: () => [] }

/**
 * Follows the values of colors through a route, by their places: the color itself, where the request or an answer has
 * it, and whatever is made of these. What contains such a place has its value, and so has what lies inside it.
 */
export function traceValues(
  route: BoundRoute,
  isTraced: (color: string) => boolean,
  isTracedOutside: (outside: Outside) => boolean = () => false,
  more: readonly TracedMark[] = [],
): TracedValues {
  const origins = findOrigins(route, isTraced)
  const outside = [...findOutside(route, isTracedOutside), ...more]
  if (origins.size === 0 && outside.length === 0) return nothing
  const marks = new Marks()
  const tracer = new Tracer(marks, origins)
  for (const origin of origins.values()) marks.add(origin.color.split('.'), [], origin)
  for (const { area, origin } of outside) marks.add(area, [], origin)
  for (const { color, locator } of route.inputs) tracer.markSource(areaInRequest(locator), color)
  // Until nothing new is found: a value may pass through several colors.
  for (let size = -1; size !== marks.size; ) {
    size = marks.size
    for (const { color, locator } of route.inputs)
      marks.copy(areaInRequest(locator), givesList(locator), color.split('.'))
    tracer.walk(route.body)
  }
  const { all } = marks
  return { marks: all, seenIn: (step) => [...all, ...tracer.itemsIn(step)] }
}

/** The color whose value a read may get; undefined when it gets none of those traced. */
export function tracedBehind(read: Read, { marks }: TracedValues): string | undefined {
  if (read.asked) return undefined
  const areas = areasOf(read)
  return marks.find((mark) => areas.some((area) => overlap(area, mark.area)))?.origin.color
}

/** Where each traced color comes from: the request, a call, or the step that writes it. */
function findOrigins(route: BoundRoute, isTraced: (color: string) => boolean): Map<string, Origin> {
  const origins = new Map<string, Origin>()
  const add = (color: string, from: string | undefined, at: Origin['at']) => {
    if (isTraced(color) && !origins.has(color)) origins.set(color, { color, from, at })
  }
  for (const { color, from, at } of route.inputs) add(color, from, at)
  const steps = [...everyStep(route.body)]
  for (const { color, locator, at } of steps.flatMap(operationsOf).flatMap(answersOf))
    add(color, printLocator(locator), at)
  for (const { writes, call } of steps) {
    for (const { color, at } of writes ?? []) add(color, undefined, at)
    // `with` may be all that names it.
    for (const [color, { at }] of call?.overrides ?? []) add(color, undefined, at)
  }
  for (const color of producedColors(route)) add(color, undefined, route.matchAt)
  return origins
}

/** What is read that is no place of the context, each where it is read first. */
function findOutside(route: BoundRoute, isTraced: (outside: Outside) => boolean): TracedMark[] {
  const found = new Map<string, TracedMark>()
  for (const { reference, at } of everyRead(route)) {
    if (reference.kind !== 'outside' || !isTraced(reference.outside)) continue
    const color = printOutside(reference.outside)
    if (!found.has(color))
      found.set(color, { area: areaOfOutside(reference.outside), origin: { color, from: undefined, at } })
  }
  return [...found.values()]
}
