import type { Document } from '../../expressions/document.ts'
import { printableBytes, spendOnBytes, spendOnPrinting } from '../../expressions/work.ts'
import { JsonSlice, sliceOf } from '../../json/slice.ts'
import { compileWriter } from '../../json/writer.ts'
import type { ByteTemplate } from './convert.ts'

/**
 * Compiles how a response's body is written from bytes. Undefined where the bytes do not allow it: the template makes
 * the body as ever, of values that are parsed when it looks into them.
 */
export function compileByteBody({ slots, part }: ByteTemplate): (document: Document) => Buffer | undefined {
  const write = compileWriter(part)
  return (document) => {
    const values: unknown[] = new Array(slots.length)
    try {
      for (let index = 0; index < slots.length; index++) {
        const value = slots[index]!(document)
        values[index] = sliceOf(value) ?? value
      }
    } catch {
      // Of several failures the template tells the one that comes first in it.
      return undefined
    }
    for (const value of values) if (typeof value === 'object' && !(value instanceof JsonSlice)) spendOnPrinting(value)
    const bytes = write(values, printableBytes())
    if (bytes) spendOnBytes(bytes.length)
    return bytes
  }
}
