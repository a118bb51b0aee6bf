import { JsonSlice } from '../../json/slice.ts'
import { compileWriter } from '../../json/writer.ts'
import { compileColorReader } from '../../operations/request.ts'
import { compileColorWriter } from '../../values/color.ts'
import type { Document } from '../../values/document.ts'
import type { ByteAnswer } from './choose.ts'

/**
 * Compiles how a response's body is written from bytes. Undefined where the bytes do not allow it: the colors are then
 * parsed, and the template makes the body as ever.
 */
export function compileByteBody({ template, colors }: ByteAnswer): (document: Document) => Buffer | undefined {
  const { slots } = template
  const write = compileWriter(template.part)
  const places = [...colors].map((color) => ({ read: compileColorReader(color), write: compileColorWriter(color) }))
  return (document) => {
    const values: unknown[] = new Array(slots.length)
    for (let index = 0; index < slots.length; index++) values[index] = slots[index]!(document)
    const bytes = write(values)
    if (bytes) return bytes
    for (const place of places) {
      const value = place.read(document)
      if (value instanceof JsonSlice) place.write(document, value.parse())
    }
    return undefined
  }
}
