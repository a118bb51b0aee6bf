import { Anchors } from './simple/anchors.ts'
import { BlockReader } from './simple/block.ts'
import { Cursor, notSimple } from './simple/cursor.ts'
import type { ReadScalar } from './simple/reading.ts'
import { resolvePlain } from './simple/scalar.ts'

export { notSimple }

/** Tabs, carriage returns and control characters: each has rules of its own. */
const rareCharacter = /[^\n\x20-\x7e\xa0-\ufefe\uff00-\ufffd]/

/**
 * Reads the values of a text in the YAML that most configuration is written in: block and flow collections, scalars
 * of one line, anchors of values. Gives `notSimple` for all else (tags, block scalars, several documents, every fault), which the
 * full reader is for. What it reads, that one reads the same; it takes a small part of the time.
 * @param readText gives the value of a scalar that is text; may throw `notSimple`
 */
export function readSimple(text: string, readText: (text: string) => unknown): unknown {
  if (rareCharacter.test(text)) return notSimple
  const readScalar: ReadScalar = (raw, isPlain) => {
    const value = isPlain ? resolvePlain(raw) : raw
    return typeof value === 'string' ? readText(value) : value
  }
  try {
    const cursor = new Cursor(text)
    if (cursor.indent < 0) return notSimple
    const value = new BlockReader({ cursor, anchors: new Anchors(), readScalar }).read(cursor.indent)
    return cursor.indent < 0 ? value : notSimple
  } catch (thrown) {
    if (thrown === notSimple) return notSimple
    throw thrown
  }
}
