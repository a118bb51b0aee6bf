import type { Language } from '../binding/color.ts'
import { findColor, type Write } from '../binding/reference.ts'
import { type Position, within } from '../binding/shape.ts'
import { compileColorWriter } from '../expressions/color.ts'
import type { Document } from '../expressions/document.ts'
import { compileSchema } from '../expressions/schema.ts'
import { locate } from '../operations/locator.ts'
import { isSensitive } from '../redaction.ts'

/** A signal that a step waits for. */
export interface AwaitedSignal {
  readonly name: string
  /** What is wrong with what comes by it, for whoever sends it; empty for nothing. */
  readonly check: (body: unknown) => readonly string[]
}

interface BoundSignal extends AwaitedSignal {
  readonly writes: readonly Write[]
  /** Puts what came into the context. */
  readonly write: (body: unknown, document: Document) => void
}

/** Binds what a signal gives: each color is a place in what comes by it, which is checked by the color's type. */
export function bindSignal(
  name: string,
  out: Record<string, string>,
  position: Position,
  language: Language,
): BoundSignal {
  const readers = Object.entries(out).flatMap(([color, text]) => {
    const here = within(position, color)
    const at = here.source.locateKey(here.path)
    const found = findColor(color, at, language)
    const locator = locate(text, 'response', here, language)
    if (locator && locator.in !== 'body')
      language.diagnostics.add('invalid-locator', 'a signal has a body and nothing else: `$.x`', at)
    if (!found || locator?.in !== 'body') return []
    const schema = compileSchema(found.schema)
    const validate = 'code' in schema ? () => [] : schema.validate
    const { path } = locator
    const write = compileColorWriter(found.name)
    return { color: found.name, at, text, path, validate, write, isSensitive: isSensitive(found) }
  })
  return {
    name,
    // Of what is faulty too: what reads it is not to be told as well.
    writes: Object.keys(out).map((color) => ({ color, at: position.source.locateKey([...position.path, color]) })),
    check: (body) =>
      readers.flatMap(({ path, text, validate, isSensitive }) => {
        const value = path.evaluate(body)
        if (value === undefined) return [`${text} is missing`]
        const [fault] = validate(value)
        if (fault === undefined) return []
        return [isSensitive ? `${text} does not fit` : `${text}: ${fault}`]
      }),
    write: (body, document) => {
      for (const { path, write } of readers) write(document, path.evaluate(body))
    },
  }
}
