import { bindCondition } from '../binding/bind.ts'
import type { Language } from '../binding/color.ts'
import type { GatewaySettings } from '../config/gateway.ts'
import type { Document } from '../expressions/document.ts'
import type { WorkBudget } from '../expressions/work.ts'
import type { Source } from '../yaml/source.ts'
import { EarlyReads } from './admission/early.ts'
import { checkNegationsCareForAbsence } from './checks/negations-care-for-absence.ts'
import type { RequestParts } from './request-parts.ts'

/** Whose `Tessera-Record` and `Tessera-Lineage` are heeded. */
export interface DebugRule {
  /** Throws where it cannot be told. */
  readonly test: (document: Document) => boolean
  readonly view: (request: RequestParts, work: WorkBudget) => Document
}

/** Binds `admin.debug` as a route's `allow` is, once for all routes; undefined where nothing is said. */
export function bindDebugRule(
  { admin: { debug } }: GatewaySettings,
  source: Source,
  language: Language,
): DebugRule | undefined {
  if (debug === undefined) return undefined
  const position = { source, path: ['admin', 'debug'] }
  const { test, reads } = bindCondition(debug, position, language, { strict: true })
  checkNegationsCareForAbsence(debug, position, language)
  return { test, view: new EarlyReads([], language).view(reads, source.locate(position.path)) }
}
