import { bindCondition, bindTemplate } from '../binding/bind.ts'
import type { Language } from '../binding/color.ts'
import { type Position, within } from '../binding/shape.ts'
import { DiagnosticCollector } from '../diagnostics/collector.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { Document } from '../expressions/document.ts'
import { createExpressionTypes } from '../expressions/expression.ts'
import { printJson } from '../json-text.ts'
import type { Registry } from '../plan/extensions/registry.ts'
import { isCalled, type RouteCall } from './route-calls.ts'
import type { AnswerDefinition, Failure, MocksDefinition } from './shape.ts'

/** One answer of a mock, its templates compiled. */
export interface Answer {
  /** Undefined: it is given in its turn, whatever the call. */
  readonly applies: ((document: Document) => boolean) | undefined
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[]>>
  /** The body's text; empty for none. Throws a GatewayError when its template cannot be filled. */
  readonly render: (document: Document) => string
  readonly delayMs: number
  readonly fail: Failure | undefined
}

/** What stands in for one operation or step. */
export interface Mock {
  readonly name: string
  readonly answers: readonly Answer[]
}

export type Mocks = readonly Mock[]

/** Binds a `mocks:`; a name that the route does not call is reported. */
export function bindMocks(
  definition: MocksDefinition,
  position: Position,
  calls: readonly RouteCall[],
  registry: Registry,
  diagnostics: DiagnosticCollector,
): Mocks {
  const words = languageOf(registry)
  return Object.entries(definition).map(([name, given]) => {
    const owner = within(position, name)
    reportUncalled(name, owner, calls, diagnostics)
    const answers = Array.isArray(given)
      ? given.map((answer, index) => bindAnswer(answer, within(owner, index), words, diagnostics))
      : [bindAnswer(given, owner, words, diagnostics)]
    return { name, answers }
  })
}

/** Reports a name that is no call of the route, at its key or (of a list) its entry. */
export function reportUncalled(
  name: string,
  { source, path }: Position,
  calls: readonly RouteCall[],
  diagnostics: DiagnosticCollector,
): void {
  if (calls.some((call) => isCalled(call, name))) return
  const known = calls.flatMap(({ operation, step }) => [operation, ...(step === undefined ? [] : [step])])
  const code = name.includes('.') ? 'unknown-operation' : 'unknown-step'
  const help = didYouMean(name, known) ?? `it calls ${[...new Set(calls.map(({ operation }) => operation))].join(', ')}`
  diagnostics.add(code, `the route does not call \`${name}\``, source.locateKey(path), help)
}

/** A mock sees no colors. */
function languageOf({ functions, operators }: Registry): Omit<Language, 'diagnostics'> {
  return { colors: new Map(), types: createExpressionTypes(new Map(), functions), operators }
}

function bindAnswer(
  given: AnswerDefinition,
  position: Position,
  words: Omit<Language, 'diagnostics'>,
  diagnostics: DiagnosticCollector,
): Answer {
  const found = new DiagnosticCollector()
  const language: Language = { ...words, diagnostics: found }
  const condition = given.when === undefined ? undefined : bindCondition(given.when, within(position, 'when'), language)
  const body = given.body === undefined ? undefined : bindTemplate(given.body, within(position, 'body'), language)
  const seen = 'a mock sees `request`, which is what the backend was sent'
  for (const { code, message, at, help } of found.sorted()) {
    diagnostics.add(code, message, at, code === 'unknown-color' ? seen : help)
  }
  const headers = Object.entries(given.headers ?? {}).map(([name, value]) => readHeader(name.toLowerCase(), value))
  return {
    applies: condition?.test,
    status: given.status ?? 200,
    headers: { ...(body && { 'content-type': 'application/json' }), ...Object.fromEntries(headers) },
    render: body
      ? (document) => printJson(body.evaluate(document) ?? null)
      : () => (given.fail === 'invalid-response' ? brokenJson : (given.text ?? '')),
    delayMs: given.delay ?? 0,
    fail: given.fail,
  }
}

/** As a transport gives it: what is sent twice joined, but for cookies. */
function readHeader(name: string, value: string | string[]): [name: string, value: string | string[]] {
  const values = [value].flat()
  return [name, name === 'set-cookie' ? values : values.join(', ')]
}

/** `fail: invalid-response` is an answer like any other, cut off. */
const brokenJson = '{"'
