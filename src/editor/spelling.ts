import type { Stretch } from '../yaml/syntax.ts'

/** A name as a file has it. */
export interface Spelling extends Stretch {
  readonly text: string
}

/**
 * Where the name of a color is written in a piece of a file: `user.id` in `$.user.id[0]`, `$['user']['id']`,
 * `user.?id`, or as it is. Offsets are of the piece.
 */
export function findSpellings(piece: string, color: string): Spelling[] {
  // In a path everything of the context stands behind a `$`, all else is of the element that is looked at, or text.
  const isPath = /^["']?\$(?![{$])/.test(piece)
  const start = isPath ? '(?<=\\$\\.?)' : '(?<![\\w.\\])?])'
  const pattern = new RegExp(`${start}${spelled(color)}(?!\\w)`, 'g')
  return [...piece.matchAll(pattern)].map(({ 0: text, index }) => ({ start: index, end: index + text.length, text }))
}

/** Another name in the way that one is written; undefined where that cannot be. */
export function respell(written: string, color: string): string | undefined {
  if (/^[\w.]*$/.test(written)) return color
  const names = color.split('.')
  const parts = written.split(/(\w+)/)
  if ((parts.length - 1) / 2 !== names.length) return undefined
  return parts.map((part, index) => (index % 2 === 1 ? names[(index - 1) / 2] : part)).join('')
}

function spelled(color: string): string {
  const [first, ...others] = color.split('.')
  const quote = `(?:\\\\?"|''?)`
  const member = (name: string) => `(?:\\.\\??${name}|\\[\\??\\s*${quote}${name}${quote}\\s*\\])`
  const root = `(?:${first}|(?<=\\$)\\[\\s*${quote}${first}${quote}\\s*\\])`
  return root + others.map(member).join('')
}
