import { ImportRefused, type Notes } from '../draft.ts'
import { type ForeignObject, isObject, objectOf, textOf } from '../foreign.ts'

/** How much of a schema becomes a color's type. */
export interface Detail {
  /** Levels of objects and lists inside each other. */
  readonly depth: number
  /** Schemas of one color in all: a document of many references can unfold to more than anybody reads. */
  readonly schemas: number
}

/** An OpenAPI document of version 3, whose references are followed as they are met. */
export class OpenApiDocument {
  readonly root: ForeignObject
  readonly notes: Notes
  readonly detail: Detail
  /** Types that were looked at before, as text, and what is wrong with them: most come many times. */
  readonly checked = new Map<string, string | undefined>()

  /** @throws ImportRefused for anything else */
  constructor(document: unknown, notes: Notes, detail: Detail) {
    if (!isObject(document)) throw new ImportRefused('this is no OpenAPI document')
    if (document['swagger'] !== undefined)
      throw new ImportRefused(`this is a Swagger ${document['swagger']} document; convert it to OpenAPI 3 first`)
    if (!/^3\.[012]/.test(String(document['openapi'])))
      throw new ImportRefused('this is no OpenAPI 3 document: `openapi` is not 3.0, 3.1 or 3.2')
    this.root = document
    this.notes = notes
    this.detail = detail
  }

  /** What a value or a reference stands for; an empty object where a reference leads nowhere. */
  resolve(value: unknown): ForeignObject {
    let found = value
    const seen = new Set<unknown>()
    for (;;) {
      const reference = isObject(found) ? textOf(found['$ref']) : undefined
      if (reference === undefined) return objectOf(found)
      if (seen.has(found)) return {}
      seen.add(found)
      found = this.#find(reference)
    }
  }

  /** `#/components/schemas/Pet` is called `Pet`; what stands in place has no name. */
  nameOf(value: unknown): string | undefined {
    const reference = isObject(value) ? textOf(value['$ref']) : undefined
    return reference === undefined ? undefined : decode(reference.split('/').at(-1)!)
  }

  #find(reference: string): unknown {
    if (!reference.startsWith('#')) {
      this.notes.add('$', `\`${reference}\` is in another file, which is not read: it may be anything`)
      return {}
    }
    let found: unknown = this.root
    for (const segment of reference.slice(1).split('/').slice(1)) {
      const name = decode(segment)
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) {
        this.notes.add('$', `\`${reference}\` leads nowhere: it may be anything`)
        return {}
      }
      found = (found as Record<string, unknown>)[name]
    }
    return found
  }
}

/** A segment of a JSON Pointer in a URI (RFC 6901 section 6). */
function decode(segment: string): string {
  let text = segment
  try {
    text = decodeURIComponent(segment)
  } catch {
    // A stray percent sign stands for itself.
  }
  return text.replaceAll('~1', '/').replaceAll('~0', '~')
}
