import { bytes } from './bytes.ts'
import { mediaTypeOf } from './content-type.ts'
import { csv } from './csv.ts'
import { events } from './events.ts'
import { form } from './form.ts'
import type { Format, FormatName } from './format.ts'
import { json } from './json.ts'
import { multipart } from './multipart.ts'
import { text } from './text.ts'
import { xml } from './xml.ts'

/** Every format of bodies; of those that a content type fits, the first is meant. A new one is a file and a line. */
export const formats: ReadonlyMap<FormatName, Format> = new Map(
  [json, form, multipart, xml, csv, events, text, bytes].map((format) => [format.name, format]),
)

export function formatOf(name: FormatName): Format {
  return formats.get(name)!
}

/** The format that a content type is of, among these. */
export function chooseFormat(contentType: string, among: Iterable<Format> = formats.values()): Format | undefined {
  const mediaType = mediaTypeOf(contentType)
  for (const format of among) if (format.matches(mediaType)) return format
  return undefined
}

/** Some formats, in the order in which content types are held against them. */
export function formatsOf(names: readonly FormatName[]): Format[] {
  return [...formats.values()].filter(({ name }) => names.includes(name))
}
