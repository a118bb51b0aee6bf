import type { JsonSchema } from '../expressions/schema.ts'

/** What an import knows of the project that its files go to. */
export interface Surroundings {
  /** The dictionary that is there already. */
  readonly colors: ReadonlyMap<string, JsonSchema>
}

/** A project with nothing in it. */
export const emptyProject: Surroundings = { colors: new Map() }

/** What an import proposes, before anything is written. */
export interface Draft {
  readonly services: readonly DraftFile[]
  readonly routes: readonly DraftFile[]
  /** Dictionary entries that the files need and the project lacks. */
  readonly colors: Readonly<Record<string, ColorEntry>>
  /** For a project that has no gateway's file yet. */
  readonly gateway: Readonly<Record<string, unknown>>
  /** What could not be said in our language, or only nearly. */
  readonly notes: readonly Note[]
}

/** A file to write: its name without `.yaml`, and its text. */
export interface DraftFile {
  readonly name: string
  readonly text: string
}

/** A color as the dictionary has it: a JSON Schema, a description, a sensitivity. */
export type ColorEntry = Readonly<Record<string, unknown>>

/** One thing that the import could not carry over. */
export interface Note {
  /** Where it stands in the imported document: `$.endpoints[0].backend[1].encoding`. */
  readonly at: string
  readonly message: string
}

/** Collects notes, each once. */
export class Notes {
  readonly #found: Note[] = []

  add(at: string, message: string): void {
    if (!this.#found.some((note) => note.at === at && note.message === message)) this.#found.push({ at, message })
  }

  get all(): readonly Note[] {
    return this.#found
  }

  /** What stands at a place of the document or below it. */
  below(at: string): readonly Note[] {
    return this.#found.filter(
      (note) => note.at === at || (/^[.[]/.test(note.at.slice(at.length)) && note.at.startsWith(at)),
    )
  }
}

/** The document is not what its format says; nothing can be imported. */
export class ImportRefused extends Error {}
