import { createNode, type PathNode } from './path-tree.ts'

/** The operations, as assembly/json/write.ts runs them. */
export const operations = { end: 0, bytes: 1, open: 2, close: 3, value: 4, text: 5, each: 6 }

/** What is done where a value is absent: nothing, null is written, or the writer gives up. */
export const absences = { skip: 0, null: 1, fail: 2 }

/** Values that share one text and one tree of paths: a slot's, or those of the elements of a list. */
export interface Source {
  readonly index: number
  readonly root: PathNode
  /** Whether something inside its values is looked at. */
  isOpened: boolean
}

export function createSource(index: number): Source {
  return { index, root: createNode(), isOpened: false }
}

/** Bytes of an answer that are known at load. */
export class Text {
  readonly bytes: Buffer

  constructor(text: string) {
    this.bytes = Buffer.from(text)
  }
}

/** A place among the words, known once they are all there. */
export class Label {
  at = 0
}

/** A word of a program. What is not a number becomes an address: of a register, of bytes, of a scope, of a word. */
export type Word = number | PathNode | Text | Source | Label
