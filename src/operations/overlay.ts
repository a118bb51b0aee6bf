import { compileColorWriter } from '../expressions/color.ts'
import type { Document } from '../expressions/document.ts'

/** Compiles a copy of the context in which these colors have other values: an invoke's `with`. The rest is shared. */
export function compileOverlay(
  overrides: ReadonlyMap<string, (document: Document) => unknown>,
): (document: Document) => Document {
  if (overrides.size === 0) return (document) => document
  const colors = [...overrides].map(([color, read]) => ({
    namespaces: color.split('.').slice(0, -1),
    read,
    write: compileColorWriter(color),
  }))
  return (document) => {
    const overlaid: Document = { ...document }
    for (const { namespaces, read, write } of colors) {
      let owner: Record<string, unknown> = overlaid
      for (const name of namespaces) {
        const copy = { ...(owner[name] as Record<string, unknown>) }
        owner[name] = copy
        owner = copy
      }
      write(overlaid, read(document))
    }
    return overlaid
  }
}
