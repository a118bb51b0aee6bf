import type { Anchors } from './anchors.ts'
import type { Cursor } from './cursor.ts'

/** Gives the value of a scalar; `isPlain`: it stood without quotes. */
export type ReadScalar = (text: string, isPlain: boolean) => unknown

/** One text while it is read. */
export interface Reading {
  readonly cursor: Cursor
  readonly anchors: Anchors
  readonly readScalar: ReadScalar
}
