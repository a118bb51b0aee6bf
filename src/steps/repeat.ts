import * as z from 'zod'
import { bindCondition } from '../binding/bind.ts'
import { condition, duration, template } from '../binding/scalars.ts'
import { within } from '../binding/shape.ts'
import { steps } from '../binding/steps.ts'
import { GatewayError } from '../errors.ts'
import { compileColorWriter } from '../expressions/color.ts'
import { type Document, leftOut } from '../expressions/document.ts'
import type { JsonSchema } from '../expressions/schema.ts'
import { printDuration } from '../expressions/units.ts'
import { enter, spend, workOf } from '../expressions/work.ts'
import { bindCollected, type Collected, listOf } from './collect.ts'
import { type Context, inTurn, type Run } from './context.ts'
import { compileOverlay, type Overlay, writtenColors } from './fork.ts'
import { defineStep } from './step.ts'
import { compilePause } from './wait.ts'

const turns = z.int().min(1).max(1000)

const shape = z.strictObject({
  repeat: z
    .strictObject({
      until: condition.describe('Asked after each turn: whether it was the last.'),
      max: z
        .union([
          turns,
          z.strictObject({
            turns: turns.describe('How many turns it takes at most.'),
            then: z.enum(['fail', 'stop']).default('fail').describe('`stop`: go on with what there is.'),
          }),
        ])
        .transform((max) =>
          typeof max === 'number' ? { turns: max, stops: false } : { turns: max.turns, stops: max.then === 'stop' },
        )
        .describe('How many turns it takes at most; then it fails with `not-done`.'),
      every: duration.default(0).describe('How long it waits between two turns.'),
    })
    .describe('How often.'),
  do: steps.describe('What runs in each turn; it sees what the turn before it wrote.'),
  collect: z
    .record(z.string(), template)
    .optional()
    .describe('Color: template, gathered from every turn: lists are joined, other values are members.'),
})

/** Runs its steps again and again until a condition holds. */
export const repeat = defineStep({
  kind: 'repeat',
  category: 'control',
  summary: 'Runs its steps again until a condition holds.',
  example: `- repeat: { until: size(banner.list) > 0, max: 20, every: 200ms }
  do: [ { invoke: content.banners } ]`,
  shape,
  blocks: (config) => [{ order: 'sequence', steps: config.do, path: ['do'] }],
  bind(step, binder) {
    const { repeat: loop, collect = {} } = step.config
    const { max, every } = loop
    const name = binder.nameCall(step, 'repeat')
    const until = bindCondition(loop.until, within(step.position, 'repeat', 'until'), binder)
    const block = binder.repeatedBlock(step.blocks[0]!, { locals: ['index'] })
    const collected = bindCollected(collect, gather, step, binder)
    const waits = every > 0 ? [`every ${printDuration(every)}`] : []
    return {
      name,
      caption: {
        title: `repeat until ${until.source}`,
        lines: [[`up to ${max.turns} turns`, ...waits].join(', '), ...(max.stops ? ['then it stops'] : [])],
      },
      turns: { most: max.turns, everyMs: every },
      writes: collected,
      derives: collected.map(({ color, value }) => ({ color, value, placed: placeGathered(value.schema) })),
      blocks: [
        {
          ...block,
          finalReads: [...until.reads, ...collected.flatMap(({ value }) => value.reads)],
          ...(!max.stops && { proves: until }),
        },
      ],
      composition: 'turns',
      raises: max.stops ? [] : ['not-done'],
      compile: (compiler) =>
        compileRepeat({
          ...max,
          name,
          recordedAs: compiler.recordedAs,
          everyMs: every,
          isDone: until.test,
          collected,
          overlay: compileOverlay(writtenColors(block.steps)),
          turnWork: workOfTurn * (1 + block.steps.length),
          run: compiler.block(block),
        }),
    }
  },
})

const isList = (schema: JsonSchema | undefined) => (schema as { type?: unknown } | undefined)?.type === 'array'

/** What may be a list, or a member of one, is anything. */
function gather(schema: JsonSchema | undefined): JsonSchema {
  const { type } = (schema ?? {}) as { type?: unknown }
  if (isList(schema)) return listOf((schema as { items?: JsonSchema }).items)
  return listOf(typeof type === 'string' ? schema : undefined)
}

function placeGathered(schema: JsonSchema | undefined) {
  const { type } = (schema ?? {}) as { type?: unknown }
  if (isList(schema)) return (area: readonly (string | number | null)[]) => area
  return (area: readonly (string | number | null)[]) => (typeof type === 'string' ? [null, ...area] : [])
}

interface Loop {
  readonly name: string
  readonly recordedAs: string | undefined
  readonly turns: number
  readonly stops: boolean
  readonly everyMs: number
  readonly isDone: (document: Document) => boolean
  readonly collected: readonly Collected[]
  readonly overlay: Overlay
  readonly turnWork: number
  readonly run: Run
}

/** What a turn takes beside what its steps do: a context of its own, and what is gathered of it. */
const workOfTurn = 16

function compileRepeat(loop: Loop): Run {
  const { name, recordedAs, turns: most, stops, everyMs, isDone, collected, overlay, turnWork, run } = loop
  const wait = compilePause(everyMs, recordedAs && `${recordedAs}:every`)
  const collectors = collected.map(({ color, value }) => ({
    write: compileColorWriter(color),
    evaluate: value.evaluate,
  }))

  /** Gives whether it was the last. */
  const turn = async (outer: Context, index: number, gathered: readonly unknown[][]): Promise<boolean> => {
    const context = recordedAs === undefined ? outer : inTurn(outer, index)
    enter(context.document[workOf])
    spend(turnWork)
    const { document, copyBack } = overlay(context.document, { index })
    await run(context.withDocument(document))
    copyBack()
    collectors.forEach(({ evaluate }, which) => {
      const value = evaluate(document)
      enter(document[workOf])
      spend(Array.isArray(value) ? value.length : 1)
      if (Array.isArray(value)) for (const element of value) gathered[which]!.push(element)
      else if (value !== undefined) gathered[which]!.push(value)
    })
    return recordedAs === undefined
      ? isDone(document)
      : context.run.recorder!.choose(`${recordedAs}:until`, () => isDone(document))
  }

  return async (context) => {
    const gathered: unknown[][] = collectors.map(() => [])
    for (let index = 0; !(await turn(context, index, gathered)); index += 1) {
      if (index + 1 === most) {
        const error = new GatewayError('not-done', { step: name, detail: `it was not done after ${most} turns` })
        if (!stops) throw error
        context.document[leftOut]?.push({ step: name, error })
        break
      }
      context.scope.throwIfCancelled()
      await wait(recordedAs === undefined ? context : inTurn(context, index))
    }
    for (const [which, { write }] of collectors.entries()) write(context.document, gathered[which])
  }
}
