import type { Canvas } from './canvas.ts'
import { type Font, measure } from './text.ts'

/** How many inks the style has. */
export const inkCount = 12

export const colorFont: Font = { family: 'sans', size: 11 }
export const rowHeight = 15
const dotWidth = 11
const spacing = 10

/** The ink of each color, so that the eye can follow a color from who gives it to who reads it. */
export class Inks {
  readonly #inks = new Map<string, number>()
  readonly #sensitive: ReadonlySet<string>

  constructor(colors: readonly string[], sensitive: readonly string[]) {
    for (const color of colors) if (!this.#inks.has(color)) this.#inks.set(color, this.#inks.size % inkCount)
    this.#sensitive = new Set(sensitive)
  }

  /** Breaks colors into rows no wider than so many pixels. */
  rows(colors: readonly string[], width: number): string[][] {
    const rows: string[][] = []
    for (const color of colors) {
      const row = rows.at(-1)
      if (row && this.width([...row, color]) <= width) row.push(color)
      else rows.push([color])
    }
    return rows
  }

  width(row: readonly string[]): number {
    return row.reduce((sum, color) => sum + dotWidth + measure(color, colorFont), (row.length - 1) * spacing)
  }

  /** `y` is the middle of the row. What is pii or secret has a ring in place of a dot. */
  draw(canvas: Canvas, layer: 'nodes' | 'labels', row: readonly string[], x: number, y: number): void {
    let at = x
    for (const color of row) {
      const ink = this.#inks.get(color)
      const tint = ink === undefined ? 'ink' : `ink ink${ink}`
      const ring = this.#sensitive.has(color) ? ' ring' : ''
      canvas.circle(layer, { x: at + 4, y }, 3.4, `${tint}${ring}`)
      canvas.text(layer, { x: at + dotWidth, y: y + 4 }, color, colorFont, layer === 'labels' ? 'color halo' : 'color')
      at += dotWidth + measure(color, colorFont) + spacing
    }
  }
}
