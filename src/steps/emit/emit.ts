import * as z from 'zod'
import { bindTemplate } from '../../binding/bind.ts'
import { template, timeSpan } from '../../binding/scalars.ts'
import { within } from '../../binding/shape.ts'
import type { Document } from '../../expressions/document.ts'
import { enter, spendOnPrinting, workOf } from '../../expressions/work.ts'
import { isHeaderName } from '../../header-fields.ts'
import type { NewMessage } from '../../streams/stream.ts'
import { defineStep } from '../step.ts'
import { emitInTime } from './emit-in-time.ts'

const defaultTimeoutMs = 1000

/** Writes a message to a stream. */
export const emit = defineStep({
  kind: 'emit',
  category: 'activity',
  summary: 'Writes a message to a stream of the gateway’s file.',
  example: '- emit: { stream: events, data: { page: home } }',
  shape: z.strictObject({
    emit: z
      .strictObject({
        stream: z.string().describe('A stream of `streams` in the gateway’s file.'),
        data: template.describe('What it says.'),
        key: template.optional().describe('What it belongs to: messages of one key can be run in their order.'),
        headers: z
          .record(z.string().refine(isHeaderName, 'not a header name'), template)
          .optional()
          .describe('Header: template; one that gives nothing is left out.'),
        timeout: timeSpan
          .optional()
          .describe('How long one try may take. 1s unless given. A durable run tries until it is written.'),
      })
      .describe('The message, and where it goes.'),
  }),
  bind({ config, position }, binder) {
    const { stream, timeout = defaultTimeoutMs } = config.emit
    const bound = (value: unknown, ...at: string[]) => bindTemplate(value, within(position, 'emit', ...at), binder)
    const data = bound(config.emit.data, 'data')
    const key = config.emit.key === undefined ? undefined : bound(config.emit.key, 'key')
    const headers = Object.entries(config.emit.headers ?? {}).map(
      ([name, value]) => [name.toLowerCase(), bound(value, 'headers', name)] as const,
    )
    const fill = (document: Document): NewMessage => {
      const filled = headers.flatMap(([name, value]) => {
        const text = print(value.evaluate(document))
        return text === undefined ? [] : [[name, text] as const]
      })
      const message = {
        data: data.evaluate(document) ?? null,
        key: key && print(key.evaluate(document)),
        headers: Object.fromEntries(filled),
      }
      enter(document[workOf])
      spendOnPrinting(message.data)
      return message
    }
    return {
      caption: { title: `emit ${stream}` },
      reads: [data, ...(key ? [key] : []), ...headers.map(([, value]) => value)].flatMap(({ reads }) => reads),
      emits: { stream, at: position.source.locate([...position.path, 'emit', 'stream']) },
      compile: ({ recordedAs }) => {
        if (recordedAs === undefined) return (context) => emitInTime(stream, fill(context.document), timeout, context)
        return (context) => {
          const message = fill(context.document)
          const send = (id: string) => emitInTime(stream, { ...message, id }, timeout, context)
          return context.run.recorder!.emit(recordedAs, send, context.scope)
        }
      },
    }
  },
})

function print(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
