import * as z from 'zod'
import type { BoundTemplate } from '../binding/bind.ts'
import { bindTemplate } from '../binding/bind.ts'
import { describeType } from '../binding/describe-type.ts'
import { findColor, type Write } from '../binding/reference.ts'
import { colorKey, meaning, template } from '../binding/scalars.ts'
import { within } from '../binding/shape.ts'
import { steps } from '../binding/steps.ts'
import { suspect } from '../binding/too-much-work.ts'
import { GatewayError } from '../errors.ts'
import { type Area, insideElement } from '../expressions/area.ts'
import { compileColorWriter } from '../expressions/color.ts'
import type { Document } from '../expressions/document.ts'
import { fits, type JsonSchema } from '../expressions/schema.ts'
import { enter, spend, workOf } from '../expressions/work.ts'
import { countCalls } from './call-budget.ts'
import { certainCalls } from './calls.ts'
import { printTemplate } from './caption.ts'
import { bindCollected, type Collected, listOf } from './collect.ts'
import { Gathering } from './concurrency.ts'
import { type Context, inTurn, type Run } from './context.ts'
import { compileFork, writtenColors } from './fork.ts'
import { type Binder, defineStep, type ParsedStep } from './step.ts'

const shape = z.strictObject({
  forEach: z
    .strictObject({
      in: template.describe('A path or template that gives an array; absent is as empty.'),
      as: meaning(z.string(), 'color')
        .optional()
        .describe('The color of the current element, or of the current slice with `batch`.'),
      batch: z.int().min(1).optional().describe('Elements a slice; without it the steps run for each element.'),
      concurrency: z.int().min(1).max(100).default(8).describe('How many run at once.'),
    })
    .describe('Over what, and how.'),
  do: steps.describe('What runs for each; colors that it writes stay inside.'),
  collect: z.record(colorKey, template).optional().describe('Color: template, gathered from every run in order.'),
})
type Config = z.output<typeof shape>

/** Runs its steps for each element of an array, or for each slice of it. */
export const forEach = defineStep({
  kind: 'forEach',
  category: 'data flow',
  summary: 'Runs its steps for each element (or slice) of an array and gathers what they give, in order.',
  example: `- forEach: { in: $.product.ids, as: product.ids, batch: 50, concurrency: 4 }
  do: [ { invoke: pricing.prices } ]
  collect: { product.prices: $.price.list }`,
  shape,
  blocks: (config) => [{ order: 'sequence', steps: config.do, path: ['do'] }],
  bind(step, binder) {
    const { forEach: loop, collect = {} } = step.config
    const list = bindTemplate(loop.in, within(step.position, 'forEach', 'in'), binder)
    if (!fits(list.schema, { type: 'array' }))
      binder.diagnostics.add('type-mismatch', `forEach needs a list, this is ${describeType(list.schema)}`, list.at)
    const element = bindElement(step, list, binder)
    const block = binder.block(step.blocks[0]!, { locals: ['item', 'index'], ...(element && { provides: element }) })
    const sliced = loop.batch !== undefined
    const collected = bindCollected(collect, sliced ? () => listOf(undefined) : listOf, step, binder)
    const over = printTemplate(loop.in)
    // What a slice gives may be a list, of which the elements are gathered, or not.
    const placeGathered = (area: Area): Area => (sliced ? [] : [null, ...area])
    const placeElement = (area: Area): Area => (sliced ? [null, ...insideElement(area)] : insideElement(area))
    return {
      caption: {
        title: loop.batch === undefined ? `for each of ${over}` : `for every ${loop.batch} of ${over}`,
        lines: [`up to ${loop.concurrency} at once`],
      },
      repetition: {
        over,
        list,
        batch: loop.batch,
        concurrency: loop.concurrency,
        maxItems: (list.schema as { maxItems?: number } | undefined)?.maxItems,
      },
      reads: list.reads,
      writes: collected,
      derives: [
        ...collected.map(({ color, value }) => ({ color, value, inside: true, placed: placeGathered })),
        ...(element ? [{ color: element.color, value: list, placed: placeElement }] : []),
      ],
      blocks: [{ ...block, finalReads: collected.flatMap(({ value }) => value.reads) }],
      composition: 'each',
      compile(compiler) {
        const fork = compileFork([...writtenColors(block.steps), ...(element ? [element.color] : [])])
        const calls = certainCalls(block.steps)
        compiler.countOutside(calls)
        const { length: callsEach } = calls
        const { length: stepsEach } = block.steps
        const { recordedAs } = compiler
        const run = compiler.block(block)
        return compileForEach({
          ...{ ...loop, list, element: element?.color, fork, collected, callsEach, stepsEach, run },
          recordedAs,
        })
      },
    }
  },
})

/** `as`: the color that holds the current element inside. */
function bindElement(step: ParsedStep<Config>, list: BoundTemplate, binder: Binder): Write | undefined {
  const { as, batch } = step.config.forEach
  if (as === undefined) return undefined
  const at = step.position.source.locate([...step.position.path, 'forEach', 'as'])
  const color = findColor(as, at, binder)
  if (!color) return undefined
  const items = (list.schema as { items?: JsonSchema } | undefined)?.items
  const given = batch === undefined ? items : { type: 'array', ...(items && { items }) }
  if (!fits(given, color.schema)) {
    const what = batch === undefined ? 'an element' : 'a slice'
    const message = `\`${as}\` is ${describeType(color.schema)}, but ${what} of the list is ${describeType(given)}`
    binder.diagnostics.add('type-mismatch', message, at)
  }
  return { color: color.name, at }
}

interface Loop {
  readonly list: BoundTemplate
  readonly element: string | undefined
  readonly batch?: number | undefined
  readonly concurrency: number
  readonly fork: (document: Document) => Document
  readonly collected: readonly Collected[]
  /** Calls that every turn starts. */
  readonly callsEach: number
  readonly stepsEach: number
  readonly run: Run
  readonly recordedAs: string | undefined
}

/** What a turn takes beside what its steps do: a context of its own, and what is gathered of it. */
const workOfTurn = 16

function compileForEach(loop: Loop): Run {
  const { list, element, batch, concurrency, fork, collected, callsEach, stepsEach, run, recordedAs } = loop
  const turnWork = workOfTurn * (1 + stepsEach)
  const writeElement = element === undefined ? undefined : compileColorWriter(element)
  const collectors = collected.map(({ color, value }) => ({
    write: compileColorWriter(color),
    evaluate: value.evaluate,
  }))

  return (context) => {
    const value = list.evaluate(context.document)
    if (value !== undefined && value !== null && !Array.isArray(value)) {
      throw new GatewayError('invalid-response', { detail: 'forEach needs an array' })
    }
    enter(context.document[workOf])
    const elements = batch === undefined ? (value ?? []) : slices(value ?? [], batch)
    if (recordedAs !== undefined) checkLength(context, recordedAs, elements.length)
    const gathered: unknown[][] = collectors.map(() => new Array(elements.length).fill(null))
    const finish = () => {
      enter(context.document[workOf])
      collectors.forEach(({ write }, which) => {
        // A slice gives a list of its own; one that gave nothing adds nothing.
        const all = gathered[which]!
        write(context.document, batch === undefined ? all : flatten(all))
      })
    }
    if (elements.length === 0) return finish()
    try {
      spend((value ?? []).length + elements.length * turnWork)
      countCalls(context.run, elements.length * callsEach)
    } catch (thrown) {
      throw suspect(thrown, list.reads, context.document)
    }
    const iterate =
      (index: number): Run =>
      (inner: Context) => {
        const document = fork(context.document)
        document.item = elements[index]
        document.index = index
        writeElement?.(document, elements[index])
        const collect = () => {
          collectors.forEach(({ evaluate }, which) => {
            gathered[which]![index] = evaluate(document) ?? null
          })
        }
        const turn = recordedAs === undefined ? inner : inTurn(inner, index)
        const pending = run(turn.withDocument(document))
        return pending ? pending.then(collect) : collect()
      }
    return runLimited(context, elements.length, concurrency, iterate)
      .then(finish)
      .catch((thrown: unknown) => {
        throw suspect(thrown, list.reads, context.document)
      })
  }
}

/** A durable run that has another number of turns than before would do other things than it did. */
function checkLength({ run }: Context, place: string, length: number): void {
  const before = run.recorder!.choose(`${place}:length`, () => length)
  if (before !== length)
    throw new GatewayError('internal', { reason: `the list of ${place} has ${length} elements, and had ${before}` })
}

function runLimited(context: Context, count: number, limit: number, iterate: (index: number) => Run): Promise<void> {
  const gathering = new Gathering(context)
  const inner = context.withScope(gathering.scope)
  let next = 0
  const startNext = () => {
    if (next < count && !gathering.failed) gathering.start(iterate(next++), inner, startNext)
  }
  while (next < Math.min(limit, count) && !gathering.failed) startNext()
  return gathering.seal()
}

function flatten(parts: readonly unknown[]): unknown[] {
  const all: unknown[] = []
  for (const part of parts) {
    if (!Array.isArray(part)) {
      if (part !== null) all.push(part)
      continue
    }
    spend(part.length)
    for (const element of part) all.push(element)
  }
  return all
}

function slices(list: readonly unknown[], size: number): unknown[][] {
  const made: unknown[][] = []
  for (let at = 0; at < list.length; at += size) made.push(list.slice(at, at + size))
  return made
}
