import * as z from 'zod'
import { GatewayError } from '../errors.ts'
import type { Document } from '../expressions/document.ts'
import { isNumber, isWhole, toDouble } from '../numbers.ts'
import { type BoundTemplate, bindTemplate } from './bind.ts'
import type { Language } from './color.ts'
import type { Position } from './shape.ts'
import { withRole } from './variables.ts'

const most = 599

/** `status:` of an answer: a number, or a template that gives one. */
export function statusShape(least: number) {
  return z.union([
    z.int().min(least).max(most),
    withRole(z.string().regex(/^\$/, 'a template begins with $'), 'language'),
  ])
}

/** The status of an answer. */
export interface BoundStatus {
  /** As pictures and lists show it. */
  readonly shown: string
  /** Undefined where a template gives it. */
  readonly fixed: number | undefined
  /** Undefined where it is fixed. */
  readonly template: BoundTemplate | undefined
  readonly reads: BoundTemplate['reads']
  /** @throws GatewayError `expression-failed` for what is no status */
  readonly evaluate: (document: Document) => number
}

export function fixedStatus(status: number): BoundStatus {
  return { shown: String(status), fixed: status, template: undefined, reads: [], evaluate: () => status }
}

export function bindStatus(
  definition: number | string,
  least: number,
  position: Position,
  language: Language,
): BoundStatus {
  if (typeof definition === 'number') return fixedStatus(definition)
  const template = bindTemplate(definition, position, language)
  const { evaluate, reads } = template
  return {
    shown: definition,
    fixed: undefined,
    template,
    reads,
    evaluate(document) {
      const value = evaluate(document)
      const status = isNumber(value) && isWhole(value) ? toDouble(value) : Number.NaN
      if (status >= least && status <= most) return status
      const reason = `the status is no whole number from ${least} to ${most}`
      throw new GatewayError('expression-failed', { reason })
    },
  }
}
