import { JsonSlice } from '../../json/slice.ts'
import { compileWriter } from '../../json/writer.ts'
import { compileColorWriter } from '../../values/color.ts'
import type { Document } from '../../values/document.ts'
import { printableBytes, spendOnBytes, spendOnPrinting } from '../../values/work.ts'
import type { ByteAnswer } from './choose.ts'
import { compilePlaceReader } from './convert.ts'

/**
 * Compiles how a response's body is written from bytes. Undefined where the bytes do not allow it: the slices are then
 * parsed, and the template makes the body as ever.
 */
export function compileByteBody({ template, places }: ByteAnswer): (document: Document) => Buffer | undefined {
  const { slots } = template
  const write = compileWriter(template.part)
  const slices = [...places].map((place) => ({ read: compilePlaceReader(place), write: compileColorWriter(place) }))
  return (document) => {
    const values: unknown[] = new Array(slots.length)
    for (let index = 0; index < slots.length; index++) values[index] = slots[index]!(document)
    for (const value of values) if (typeof value === 'object' && !(value instanceof JsonSlice)) spendOnPrinting(value)
    const bytes = write(values, printableBytes())
    if (bytes) spendOnBytes(bytes.length)
    if (bytes) return bytes
    for (const slice of slices) {
      const value = slice.read(document)
      if (value instanceof JsonSlice) slice.write(document, value.parse())
    }
    return undefined
  }
}
