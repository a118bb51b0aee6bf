import * as z from 'zod'
import type { BoundTemplate } from '../binding/bind.ts'
import { bindTemplate } from '../binding/bind.ts'
import { template } from '../binding/scalars.ts'
import { within } from '../binding/shape.ts'
import { bindStatus, statusShape } from '../binding/status.ts'
import { GatewayError } from '../errors.ts'
import type { Document } from '../expressions/document.ts'
import { enter, spendOnPrinting, workOf } from '../expressions/work.ts'
import { printJson } from '../json-text.ts'
import { defineStep } from './step.ts'

const leastStatus = 400

/** Fails the route with an error of its own, for a catch around it or for the client. */
export const throwStep = defineStep({
  kind: 'throw',
  category: 'control',
  summary: 'Fails with an error code of its own; unhandled, it answers its status.',
  example: '- throw: { error: session-expired, status: 401, title: Please sign in again }',
  shape: z.strictObject({
    throw: z
      .strictObject({
        error: z
          .string()
          .regex(/^[a-z][a-z0-9-]*$/, 'an error code is lower case words joined by -')
          .describe('Its code.'),
        status: statusShape(leastStatus)
          .default(500)
          .describe('Of the answer, when nothing handles it; or a template that gives it.'),
        title: template.optional().describe('What happened, for people; its code by default.'),
        detail: template.optional().describe('More about this one time.'),
      })
      .describe('The error.'),
  }),
  bind(step, binder) {
    const { error: code, title, detail } = step.config.throw
    const status = bindStatus(step.config.throw.status, leastStatus, within(step.position, 'throw', 'status'), binder)
    const bind = (key: 'title' | 'detail', value: unknown) =>
      value === undefined ? undefined : bindTemplate(value, within(step.position, 'throw', key), binder)
    const titleTemplate = bind('title', title)
    const detailTemplate = bind('detail', detail)
    const words = typeof title === 'string' ? [title] : []
    return {
      caption: { title: `throw ${code}`, lines: [[status.shown, ...words].join(' ')] },
      reads: [...status.reads, ...(titleTemplate?.reads ?? []), ...(detailTemplate?.reads ?? [])],
      says: [status.template, titleTemplate, detailTemplate].filter((text) => text !== undefined),
      ends: true,
      raises: [code],
      ...(status.fixed !== undefined && { failsWith: status.fixed }),
      compile: () => (context) => {
        throw new GatewayError(code, {
          status: status.evaluate(context.document),
          title: textOf(titleTemplate, context.document) ?? code,
          detail: textOf(detailTemplate, context.document),
          isWritten: true,
        })
      },
    }
  },
})

function textOf(bound: BoundTemplate | undefined, document: Document): string | undefined {
  const value = bound?.evaluate(document)
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  enter(document[workOf])
  spendOnPrinting(value)
  return printJson(value)
}
