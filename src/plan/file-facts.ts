import { findSilences, type Silence } from '../yaml/silences.ts'
import type { SourceText } from '../yaml/source.ts'
import { hashContent } from './hash.ts'

/** What a file says by itself, whatever the others say. */
export interface FileFacts {
  readonly file: SourceText
  /** Of its path and text. */
  readonly hash: string
  readonly silences: readonly Silence[]
}

export function findFacts(file: SourceText): FileFacts {
  return { file, hash: hashContent(file.path, file.text), silences: findSilences(file) }
}

export function isSameFile(a: SourceText, b: SourceText): boolean {
  return a === b || (a.path === b.path && a.text === b.text)
}
