import type { BoundTemplate } from '../../binding/bind.ts'
import type { ColorDefinition } from '../../binding/color.ts'
import type { CallSite } from '../../calls/policy.ts'
import { type Area, within } from '../../expressions/area.ts'
import { compileColorReader } from '../../expressions/color.ts'
import type { Document } from '../../expressions/document.ts'
import { findOpaque, type Mark, traceTemplate } from '../../expressions/template.ts'
import type { BoundOperation } from '../../operations/bound-operation.ts'
import { areaInResponse, givesList, type Locator } from '../../operations/locator.ts'
import { compileOutputs } from '../../operations/outputs.ts'
import { type BoundRoute, everyStep, producedColors } from '../../plan/bound-route.ts'
import type { Origin, TracedMark } from '../../plan/marks.ts'
import { type TracedValues, traceValues } from '../../plan/traced-values.ts'
import { isCredential, isSensitive } from '../../redaction.ts'
import type { BoundResponse } from '../../steps/response.ts'
import type { BoundStep } from '../../steps/step.ts'
import type { Mask } from './mask.ts'
import { findUnnamed, type Keeping } from './unnamed.ts'

/** A color, and what of its value may not be kept. */
export interface ColorMasks {
  readonly color: string
  readonly masks: readonly Mask[]
  readonly read: (document: Document) => unknown
}

/** How one place of a route that calls is written down. */
export interface CallMasks {
  readonly inputs: readonly ColorMasks[]
  readonly outputs: readonly ColorMasks[]
  readonly apply: ReturnType<typeof compileOutputs>
  /** Headers of its request that may be kept. */
  readonly headers: ReadonlyMap<string, readonly Mask[]>
  /** Of its request's body; undefined where a credential is in it. */
  readonly body: readonly Mask[] | undefined
  /** Of its answer's body. */
  readonly answer: readonly Mask[]
  /** Whether the path as it was sent may be kept. */
  readonly showsPath: boolean
}

/** How an answer of the route is written down. */
export interface ResponseMasks {
  readonly body: readonly Mask[]
  readonly headers: ReadonlyMap<string, readonly Mask[]>
  /** Whether it is JSON. */
  readonly isJson: boolean
}

/** What may be kept of a route's requests, found once from its plan. */
export class RouteMasks {
  /** What it takes of the client's request. */
  readonly inputs: readonly ColorMasks[]
  /** What its steps write. */
  readonly colors: readonly ColorMasks[]
  readonly response: ResponseMasks | undefined
  /** Of steps that answer. */
  readonly exits = new Map<string, ResponseMasks>()
  readonly #calls = new Map<string, CallMasks>()
  readonly #traced: TracedValues
  readonly #keepings = new Map<string, Keeping>()

  constructor(route: BoundRoute, colors: ReadonlyMap<string, ColorDefinition>) {
    const unnamed = findUnnamed(route)
    const isKept = (color: string) => {
      const definition = colors.get(color)
      return definition !== undefined && !isSensitive(definition)
    }
    this.#traced = traceValues(
      route,
      (color) => !isKept(color),
      ({ from }) => from === 'file',
      unnamed,
    )
    for (const { origin, keeping } of unnamed) this.#keepings.set(origin.color, keeping)
    for (const [name, { sensitivity }] of colors) this.#keepings.set(name, sensitivity)
    const ofColor = (color: string) => this.#ofColor(color)
    this.inputs = route.inputs.map(({ color }) => ofColor(color))
    this.colors = [...producedColors(route)].map(ofColor)
    this.response = route.response && this.#ofResponse(route.response, this.#traced.marks)
    for (const step of everyStep(route.body)) this.#add(step)
  }

  ofCall({ step, operation, template }: CallSite): CallMasks | undefined {
    return this.#calls.get(keyOf(step, operation, template))
  }

  #add(step: BoundStep): void {
    const { call, response } = step
    if (response) this.exits.set(step.name, this.#ofResponse(response, this.#traced.seenIn(step)))
    if (!call) return
    this.#addCall(step, call.operation, call.site, call.overrides)
    for (const { call: other } of call.fallbacks) if (other) this.#addCall(step, other.operation, other.site, new Map())
  }

  #addCall(
    step: BoundStep,
    operation: BoundOperation,
    site: CallSite,
    overrides: ReadonlyMap<string, BoundTemplate>,
  ): void {
    const marks = this.#traced.seenIn(step)
    const inputs = operation.inputs.map(({ color, locator }) => {
      const override = overrides.get(color)
      const own = this.#ofColor(color)
      if (!override) return { ...own, locator }
      const masks = [...own.masks, ...this.#masksOf(override, marks)]
      return { ...own, masks, read: override.evaluate, locator }
    })
    const record: Area = ['steps', step.record ?? step.name]
    const outputs = operation.outputs.map(({ color, locator }) => {
      const own = this.#ofColor(color)
      const found = this.#masksAt([...record, ...areaInResponse(locator)])
      const placed = givesList(locator) ? found.map((mask) => ({ ...mask, area: [null, ...mask.area] })) : found
      // What no color names of an answer is all that is there beside this one.
      return { ...own, masks: [...own.masks, ...placed.filter(({ keeping }) => keeping !== 'unnamed')] }
    })
    this.#calls.set(keyOf(site.step, operation.name, operation.template), {
      inputs,
      outputs,
      apply: compileOutputs(operation),
      headers: this.#ofHeaders(operation, site, inputs, marks),
      body: site.hasSecretBody ? undefined : this.#ofBody(operation, inputs, marks),
      answer: this.#masksAt([...record, 'body']).filter(({ keeping }) => keeping !== 'unnamed'),
      showsPath: inputs.every(({ locator, masks }) => !isInPath(locator) || masks.length === 0),
    })
  }

  #ofHeaders(
    { headers }: BoundOperation,
    { secretHeaders = [] }: CallSite,
    inputs: readonly (ColorMasks & { readonly locator: Locator })[],
    marks: readonly TracedMark[],
  ): Map<string, readonly Mask[]> {
    const found = new Map<string, readonly Mask[]>()
    for (const { name, value } of headers) found.set(name, wholeOf(this.#masksOf(value, marks)))
    for (const { locator, masks } of inputs) if (locator.in === 'header') found.set(locator.name, wholeOf(masks))
    for (const name of found.keys()) if (isCredential(name) || secretHeaders.includes(name)) found.delete(name)
    return found.set('content-type', [])
  }

  #ofBody(
    { body }: BoundOperation,
    inputs: readonly (ColorMasks & { readonly locator: Locator })[],
    marks: readonly TracedMark[],
  ): Mask[] {
    const placed = inputs.flatMap(({ locator, masks }) =>
      locator.in === 'body' ? masks.map((mask) => ({ ...mask, area: [...locator.path.reach.area, ...mask.area] })) : [],
    )
    return [...placed, ...(body ? this.#masksOf(body, marks) : [])]
  }

  #ofResponse({ body, headers, encoding, status }: BoundResponse, marks: readonly TracedMark[]): ResponseMasks {
    void status
    const own = headers
      .filter(({ name }) => !isCredential(name))
      .map(({ name, value }) => [name, wholeOf(this.#masksOf(value, marks))] as const)
    return {
      body: body ? this.#masksOf(body, marks) : [],
      headers: new Map(own),
      isJson: encoding.name === 'json',
    }
  }

  #ofColor(color: string): ColorMasks {
    const read = compileColorReader(color)
    return { color, masks: this.#masksAt(color.split('.')), read }
  }

  #masksAt(area: Area): Mask[] {
    return this.#traced.marks.flatMap((mark) => {
      const inside = within(mark.area, area)
      return inside === undefined ? [] : [{ area: inside, keeping: this.#keeping(mark.origin) }]
    })
  }

  #masksOf({ template }: BoundTemplate, marks: readonly Mark<Origin>[]): Mask[] {
    const traced = traceTemplate(template, marks).map(({ mark, area }) => ({
      area,
      keeping: this.#keeping(mark.origin),
    }))
    return [...traced, ...findOpaque(template).map((area) => ({ area, keeping: 'secret' as const }))]
  }

  /** What nobody knows of is nobody's to know. */
  #keeping({ color }: Origin): Keeping {
    return this.#keepings.get(color) ?? 'secret'
  }
}

function keyOf(...parts: readonly string[]): string {
  return parts.join('\0')
}

function isInPath({ in: place }: Locator): boolean {
  return place === 'path' || place === 'query' || place === 'queries'
}

/** A header is one text: what is in a part of it is in all of it. */
function wholeOf(masks: readonly Mask[]): Mask[] {
  return masks.map(({ keeping }) => ({ area: [], keeping }))
}
