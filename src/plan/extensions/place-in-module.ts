import type { Location } from '../../diagnostics/diagnostic.ts'
import type { SourceText } from '../../yaml/source.ts'

/** A place in a module, by line and column; its beginning unless given. */
export function placeInModule({ path }: SourceText, { line, column } = { line: 1, column: 1 }, length = 1): Location {
  return { file: path, line, column, endLine: line, endColumn: column + length }
}

/** Where a module says the name of what it defines: the first text that is no more than it. */
export function placeOfName(file: SourceText, name: string): Location {
  const offset = ["'", '"', '`'].map((quote) => file.text.indexOf(quote + name + quote)).filter((at) => at >= 0)
  if (name === '' || offset.length === 0) return placeInModule(file)
  const before = file.text.slice(0, Math.min(...offset)).split('\n')
  return placeInModule(file, { line: before.length, column: before.at(-1)!.length + 1 }, name.length + 2)
}
