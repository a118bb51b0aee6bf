import { type Document, ownerOfClaims } from '../expressions/document.ts'
import { parseJson, printJson } from '../json-text.ts'

interface Packed {
  readonly values: Document
  readonly owner?: string | undefined
}

/** A context before its first step, as JSON: what of the request the plan reads, and nothing else. */
export function packDocument(document: Document): string {
  return printJson({ values: document, owner: document[ownerOfClaims] } satisfies Packed)
}

export function unpackDocument(text: string): Document {
  const { values, owner } = parseJson(text) as Packed
  if (owner !== undefined) values[ownerOfClaims] = owner
  return values
}
