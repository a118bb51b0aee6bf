/** A file's name (as shown to people) and text. */
export interface SourceText {
  readonly path: string
  readonly text: string
}

/** Where a value sits in a document: keys and indexes from the root. */
export type Path = readonly (string | number)[]
