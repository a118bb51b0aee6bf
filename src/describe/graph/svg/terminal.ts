import { type Inks, rowHeight } from './inks.ts'
import type { Piece } from './piece.ts'
import { type Font, measure } from './text.ts'

const font: Font = { family: 'mono', size: 12, bold: true }
const boxHeight = 30

/** Where the request comes in, or the answer goes out. */
export function layTerminal(title: string, gives: readonly string[], inks: Inks): Piece {
  const half = measure(title, font) / 2 + 20
  const rows = inks.rows(gives, 200)
  const givesHeight = rows.length > 0 ? rows.length * rowHeight + 8 : 0
  return {
    left: half,
    right: Math.max(half, ...rows.map((row) => inks.width(row) + 14)),
    height: boxHeight + givesHeight,
    inlet: 0,
    outlet: givesHeight,
    exits: true,
    draw(canvas, x, y) {
      canvas.group(title, () => {
        canvas.rect('nodes', { x: x - half, y, width: half * 2, height: boxHeight }, 'node terminal', boxHeight / 2)
        canvas.text('nodes', { x, y: y + 19.5 }, title, font, 'title', 'middle')
      })
      rows.forEach((row, index) => {
        inks.draw(canvas, 'labels', row, x + 9, y + boxHeight + 8 + (index + 0.5) * rowHeight)
      })
    },
  }
}
