import { padToWidth, screenWidth } from '../../diagnostics/screen-width.ts'
import type { Paint } from '../terminal.ts'

/** Rows as columns, each as wide as its widest cell; what is painted in a cell does not count. */
export function alignColumns(rows: readonly (readonly string[])[], indent = ''): string[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, screenWidth(plain(cell)))
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const hidden = screenWidth(cell) - screenWidth(plain(cell))
      return column === row.length - 1 ? cell : padToWidth(cell, widths[column]! + hidden)
    })
    return `${indent}${cells.join('  ')}`.trimEnd()
  })
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes that picocolors paints with
const paintPattern = /\u001b\[\d+m/g
const plain = (text: string) => text.replace(paintPattern, '')

/** A heading above its lines; nothing when there are none. */
export function section(title: string, lines: readonly string[], paint: Paint): string[] {
  return lines.length === 0 ? [] : ['', paint.bold(title), ...lines]
}

/** Breaks prose into lines. */
export function fill(text: string, width: number, indent = ''): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && screenWidth(`${indent}${line} ${word}`) > width) {
      lines.push(indent + line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, indent + line]
}
