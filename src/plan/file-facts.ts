import type { SourceText } from '../yaml/source.ts'
import { findSuppressions, type Suppression } from '../yaml/suppressions.ts'
import { hashContent } from './hash.ts'

/** What a file says by itself, whatever the others say. */
export interface FileFacts {
  readonly file: SourceText
  /** Of its path and text. */
  readonly hash: string
  readonly suppressions: readonly Suppression[]
}

export function findFacts(file: SourceText): FileFacts {
  return { file, hash: hashContent(file.path, file.text), suppressions: findSuppressions(file) }
}

export function isSameFile(a: SourceText, b: SourceText): boolean {
  return a === b || (a.path === b.path && a.text === b.text)
}
