import type { BoundTemplate, Derivation } from '../binding/bind.ts'
import type { Area } from '../expressions/area.ts'
import { traceTemplate, withElements } from '../expressions/template.ts'
import { areaInResponse, givesList, sameInRequest } from '../operations/locator.ts'
import type { BoundBlock, BoundStep } from '../steps/step.ts'
import { answersOf, operationsOf } from './bound-route.ts'
import type { Marks, Origin, TracedMark } from './marks.ts'

/** What `item` is where a step stands. */
interface Element {
  readonly marks: readonly TracedMark[]
  /** The elements of the list, where that is a place of the context. */
  readonly area: Area | undefined
}

const noElement: Element = { marks: [], area: undefined }

/** Looks once at every step of a route, and marks what values go from where they are to where they were not. */
export class Tracer {
  readonly #marks: Marks
  readonly #origins: ReadonlyMap<string, Origin>
  readonly #items = new Map<BoundStep, readonly TracedMark[]>()

  constructor(marks: Marks, origins: ReadonlyMap<string, Origin>) {
    this.#marks = marks
    this.#origins = origins
  }

  itemsIn(step: BoundStep): readonly TracedMark[] {
    return this.#items.get(step) ?? []
  }

  walk(block: BoundBlock, outer: Element = noElement): void {
    for (const step of block.steps) {
      const inner = step.repetition ? this.#elementOf(step.repetition, outer) : outer
      this.#items.set(step, outer.marks)
      for (const derivation of step.derives ?? []) this.#derive(derivation, derivation.inside ? inner : outer)
      this.#followCall(step, outer)
      for (const inside of step.blocks ?? []) {
        this.walk(inside, inner)
        if (inside.provides && inner.area) this.#marks.copy(inside.provides.color.split('.'), false, inner.area)
      }
    }
  }

  /** Where a traced color is taken from, that value is too. */
  markSource(area: Area, color: string): void {
    const origin = this.#origins.get(color)
    if (origin) for (const place of [area, ...sameInRequest(area)]) this.#marks.add(place, [], origin)
  }

  #elementOf({ list, batch }: NonNullable<BoundStep['repetition']>, outer: Element): Element {
    const slice = batch === undefined ? [] : [null]
    const found = withElements<Origin>([], traceTemplate(list.template, [...this.#marks.all, ...outer.marks]))
    const source = sourceOf(list)
    const isListed = list.template.kind === 'path' && !list.template.path.singular
    return {
      marks: found.map(({ area: [item, ...rest], origin }) => ({ area: [item!, ...slice, ...rest], origin })),
      area: source && batch === undefined ? [...source, ...(isListed ? [] : [null])] : undefined,
    }
  }

  #derive({ color, value, placed }: Derivation, element: Element): void {
    for (const { mark, area } of traceTemplate(value.template, [...this.#marks.all, ...element.marks]))
      this.#marks.add(color.split('.'), placed?.(area) ?? area, mark.origin)
    // The element of a list is a part of it.
    if (placed === undefined) this.#markTaken(color, value, element)
  }

  /** A call's answer has what its outputs take of it, as have its error and what stands in for it. */
  #followCall(step: BoundStep, element: Element): void {
    const { call } = step
    if (!call) return
    const record: Area = ['steps', step.record ?? step.name]
    for (const [color, value] of call.overrides) this.#markTaken(color, value, element)
    for (const { color, locator } of operationsOf(step).flatMap(answersOf)) {
      const origin = this.#origins.get(color)
      if (!origin) continue
      if (locator.in === 'body') this.#marks.add([...record, 'raw'], [], origin)
      for (const owner of [record, [...record, 'failure'], ['error']])
        this.#marks.add(owner, areaInResponse(locator), origin)
    }
    for (const { body, derives } of call.fallbacks) {
      for (const derivation of derives ?? []) this.#derive(derivation, element)
      const given = body ? traceTemplate(body.template, [...this.#marks.all, ...element.marks]) : []
      for (const { mark, area } of given) this.#marks.add(record, ['body', ...area], mark.origin)
    }
    for (const { color, locator } of operationsOf(step).flatMap(({ outputs }) => outputs))
      this.#marks.copy([...record, ...areaInResponse(locator)], givesList(locator), color.split('.'))
  }

  /** A traced color that is another place as it is. A color as a whole says for itself whether it is followed. */
  #markTaken(color: string, value: BoundTemplate, element: Element): void {
    const area = sourceOf(value)
    const reference = value.reads[0]?.reference
    if (!area || !reference) return
    if (area[0] === 'item') {
      if (element.area) this.markSource([...element.area, ...area.slice(1)], color)
    } else if (reference.kind === 'color' ? area.length > reference.color.split('.').length : area.length > 1) {
      if (reference.kind !== 'colors') this.markSource(area, color)
    }
  }
}

/** The place of the context that a template gives as it is. */
function sourceOf({ template }: BoundTemplate): Area | undefined {
  if (template.kind === 'path') return template.path.reach.isExact ? template.path.reach.area : undefined
  return template.kind === 'expression' ? template.expression.path : undefined
}
