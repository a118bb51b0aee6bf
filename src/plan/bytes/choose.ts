import { colorOfPath } from '../../expressions/color.ts'
import { outputPaths } from '../../operations/byte-outputs.ts'
import { keepsInside } from '../../steps/fork.ts'
import type { BoundStep } from '../../steps/step.ts'
import type { StepCall } from '../../steps/step-call.ts'
import type { BoundRoute } from '../bound-route.ts'
import { readsOfRoute } from '../reads.ts'
import { type ByteTemplate, convertTemplate } from './convert.ts'

/** What of a route's calls need not be parsed, and its response made of their bytes. */
export interface ByteAnswer {
  readonly template: ByteTemplate
  readonly calls: ReadonlySet<StepCall>
  /** The places of the context that stand for slices of bodies: colors (`product.list`), and `steps.<name>.body`. */
  readonly places: ReadonlySet<string>
}

/**
 * Finds the places that nothing but the response's body reads, and that by plain paths, `$each` and text, or that
 * nothing reads at all: they stay the bytes that the backend sent. A call's body stays bytes only if all that is taken
 * from it does. Undefined where that is nothing.
 */
export function chooseBytes(route: BoundRoute): ByteAnswer | undefined {
  const { response } = route
  const body = response?.encoding.name === 'json' ? response.body : undefined
  const readElsewhere = body && findReadElsewhere(route)
  if (!body || !readElsewhere) return undefined
  let calls = callsOutsideLoops(route.body.steps).filter((step) => outputPaths(step.call!.operation))
  for (;;) {
    const places = new Set(calls.flatMap(placesOfSlices).filter((place) => !readElsewhere.has(place)))
    const template = convertTemplate(body.template, places)
    if (template.parsed.some((path) => path.length === 0)) return undefined
    const given = new Set(calls.flatMap((step) => [...placesOfSlices(step), ...colorsOfQueries(step)]))
    const parsed = new Set(template.parsed.flatMap((path) => placesAt(path, given)))
    const staysBytes = (place: string) => places.has(place) && !parsed.has(place)
    const isUnread = (color: string) => !readElsewhere.has(color) && !parsed.has(color) && !template.read.has(color)
    const kept = calls.filter((step) => placesOfSlices(step).every(staysBytes) && colorsOfQueries(step).every(isUnread))
    if (kept.length === 0) return undefined
    if (kept.length === calls.length) return { template, places, calls: new Set(calls.map((step) => step.call!)) }
    calls = kept
  }
}

/** Where a call leaves values that stand in its body: its record, and colors. */
function placesOfSlices({ name, call }: BoundStep): string[] {
  return [`steps.${name}.body`, ...colorsOf(call!).flatMap(({ color, isSlice }) => (isSlice ? [color] : []))]
}

/** The colors whose values a query or template makes of a call's body: no slice of it is one. */
function colorsOfQueries({ call }: BoundStep): string[] {
  return colorsOf(call!).flatMap(({ color, isSlice }) => (isSlice ? [] : [color]))
}

/** What the route has of a call's body; of what an `out` takes, a slice is what it only gives another name. */
function colorsOf(call: StepCall): { readonly color: string; readonly isSlice: boolean }[] {
  const given = new Map(bodyOutputs(call).map(({ color, path }) => [color, path.singular]))
  if (!call.taken) return [...given].map(([color, isSlice]) => ({ color, isSlice }))
  return call.taken.flatMap(({ color, value: { template, reads } }) => {
    const isRename = template.kind === 'path' && template.path.singular
    if (isRename && given.get(template.path.prefix.join('.'))) return { color, isSlice: true }
    const isOfBody = reads.some(({ reference }) => reference.kind !== 'color' || given.has(reference.color))
    return isOfBody ? { color, isSlice: false } : []
  })
}

function bodyOutputs({ operation }: StepCall) {
  return operation.outputs.flatMap(({ color, locator }) =>
    locator.in === 'body' ? [{ color, path: locator.path }] : [],
  )
}

function placesAt(path: readonly (string | number)[], places: ReadonlySet<string>): readonly string[] {
  const found = colorOfPath(path, places)
  return found === undefined ? [] : 'color' in found ? [found.color] : found.colors
}

/** The steps that make one call a request: what a loop's steps write stays inside it. */
function callsOutsideLoops(steps: readonly BoundStep[]): BoundStep[] {
  return steps.flatMap((step) => [
    ...(step.call ? [step] : []),
    ...(keepsInside(step) ? [] : (step.blocks ?? []).flatMap((block) => callsOutsideLoops(block.steps))),
  ])
}

/** The places that anything but the response's body reads; undefined when that is the whole context. */
function findReadElsewhere(route: BoundRoute): Set<string> | undefined {
  const places = new Set<string>()
  for (const { read, reader, isApart } of readsOfRoute(route)) {
    if (reader.kind === 'body' || isApart) continue
    const { reference } = read
    if (reference.kind === 'everything' || (reference.kind === 'step' && reference.id === undefined)) return undefined
    if (reference.kind === 'color') places.add(reference.color)
    else if (reference.kind === 'colors') for (const color of reference.colors) places.add(color)
    else if (reference.kind === 'step') {
      const [member = 'body'] = reference.rest
      if (member === 'body') places.add(`steps.${reference.id}.body`)
    }
  }
  return places
}
