import type { Read } from '../../language/reference.ts'
import { outputPaths } from '../../operations/byte-outputs.ts'
import { compileColorReader } from '../../operations/request.ts'
import type { BoundStep, StepCall } from '../../steps/step.ts'
import { colorOfPath } from '../../values/color.ts'
import { type BoundRoute, everyStep } from '../bound-route.ts'
import { type ByteTemplate, convertTemplate } from './convert.ts'

/** What of a route's colors need not be parsed, and its response made of their bytes. */
export interface ByteAnswer {
  readonly template: ByteTemplate
  readonly calls: ReadonlySet<StepCall>
  /** Colors that hold slices of bodies. */
  readonly colors: ReadonlySet<string>
}

/**
 * Finds the colors that nothing but the response's body reads, and that by plain paths, `$each` and text, or that nothing
 * reads at all: they stay the bytes that the backend sent. A call's body stays bytes only if all that is taken from it
 * does. Undefined where that is nothing.
 */
export function chooseBytes(route: BoundRoute): ByteAnswer | undefined {
  const body = route.response?.body
  const read = body && readElsewhere(route)
  if (!body || !read) return undefined
  let calls = callsOutsideLoops(route.body.steps).filter(
    (step) => step.call && outputPaths(step.call.operation) && !read.calls.has(step.name),
  )
  for (;;) {
    const colors = new Set(calls.flatMap((step) => colorsGiven(step, 'as slices')))
    for (const color of read.colors) colors.delete(color)
    const template = convertTemplate(body.template, colors, compileColorReader)
    if (template.parsed.some((path) => path.length === 0)) return undefined
    const given = new Set(calls.flatMap((step) => colorsGiven(step)))
    const parsed = new Set(template.parsed.flatMap((path) => colorsAt(path, given)))
    const staysBytes = (color: string) => colors.has(color) && !parsed.has(color)
    const isUnread = (color: string) => !read.colors.has(color) && !parsed.has(color) && !template.read.has(color)
    const kept = calls.filter(
      (step) => colorsGiven(step, 'as slices').every(staysBytes) && colorsGiven(step, 'as new lists').every(isUnread),
    )
    if (kept.length === 0) return undefined
    if (kept.length === calls.length) return { template, colors, calls: new Set(calls.map((step) => step.call!)) }
    calls = kept
  }
}

/** What a call takes from a body: values that stand in it, or lists that a query makes of it. */
function colorsGiven(step: BoundStep, how?: 'as slices' | 'as new lists'): string[] {
  return step.call!.operation.outputs.flatMap(({ color, locator }) => {
    if (locator.in !== 'body') return []
    return how === undefined || locator.path.singular === (how === 'as slices') ? [color] : []
  })
}

function colorsAt(path: readonly (string | number)[], colors: ReadonlySet<string>): readonly string[] {
  const found = colorOfPath(path, colors)
  return found === undefined ? [] : 'color' in found ? [found.color] : found.colors
}

/** The steps that make one call a request: what a loop's steps write stays inside it. */
function callsOutsideLoops(steps: readonly BoundStep[]): BoundStep[] {
  return steps.flatMap((step) => [
    ...(step.call ? [step] : []),
    ...(step.composition === 'each' ? [] : (step.blocks ?? []).flatMap((block) => callsOutsideLoops(block.steps))),
  ])
}

/** What is read by anything but the response's body; undefined for the whole context. */
function readElsewhere(route: BoundRoute): { colors: Set<string>; calls: Set<string> } | undefined {
  const reads: Read[] = (route.response?.headers ?? []).flatMap(({ value }) => value.reads)
  for (const step of everyStep(route.body)) {
    reads.push(...(step.condition?.reads ?? []), ...(step.reads ?? []))
    for (const block of step.blocks ?? []) reads.push(...(block.condition?.reads ?? []), ...(block.finalReads ?? []))
  }
  const colors = new Set<string>()
  const calls = new Set<string>()
  for (const { reference } of [...reads, ...(route.response?.body?.reads.filter(isRecord) ?? [])]) {
    if (reference.kind === 'everything' || (reference.kind === 'step' && reference.id === undefined)) return undefined
    if (reference.kind === 'color') colors.add(reference.color)
    else if (reference.kind === 'colors') for (const color of reference.colors) colors.add(color)
    else if (reference.kind === 'step') calls.add(reference.id!)
  }
  return { colors, calls }
}

function isRecord({ reference }: Read): boolean {
  return reference.kind === 'step' || reference.kind === 'everything'
}
