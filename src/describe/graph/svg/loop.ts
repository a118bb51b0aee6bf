import type { LoopShape } from '../model.ts'
import { rowHeight } from './inks.ts'
import { connect, type Layout, type Piece } from './piece.ts'
import { type Font, measure, wrap } from './text.ts'

const titleFont: Font = { family: 'sans', size: 12, bold: true }
const lineFont: Font = { family: 'sans', size: 11 }
const padding = { x: 16, bottom: 16 }
const drop = 22
const behind = 4

/** A stack of frames with a head that says how often the steps inside run. */
export function layLoop(loop: LoopShape, { lay, inks }: Layout): Piece {
  const inner = lay(loop.body)
  const titles = wrap(loop.title, titleFont, 230)
  const provides = loop.provides === undefined ? [] : [loop.provides]
  const rows = inks.rows(provides, 230)
  const headWidth = Math.max(
    ...titles.map((line) => measure(line, titleFont)),
    ...loop.lines.map((line) => measure(line, lineFont)),
    ...rows.map((row) => inks.width(row)),
  )
  const half = headWidth / 2 + 4
  const left = Math.max(inner.left, half) + padding.x
  const right = Math.max(inner.right, half) + padding.x
  const headHeight = 12 + titles.length * 16 + loop.lines.length * 14 + rows.length * rowHeight + 4
  const bodyAt = headHeight + drop
  const frameHeight = bodyAt + inner.height + padding.bottom
  const gives = inks.rows(loop.gives, 110)
  const givesHeight = gives.length > 0 ? gives.length * rowHeight + 8 + behind : behind
  return {
    left,
    right: Math.max(right + behind, ...gives.map((row) => inks.width(row) + 14)),
    height: frameHeight + givesHeight,
    inlet: 0,
    outlet: givesHeight - behind,
    exits: true,
    draw(canvas, x, y) {
      const box = { x: x - left, y, width: left + right, height: frameHeight }
      canvas.rect('frames', { ...box, x: box.x + behind, y: y + behind }, 'frame solid', 10)
      canvas.rect('frames', box, 'frame solid', 10)
      canvas.rect('frames', { ...box, height: headHeight }, 'head', 10)
      let at = y + 8
      for (const line of titles) {
        canvas.text('labels', { x: box.x + 14, y: at + 12 }, line, titleFont, 'title')
        at += 16
      }
      for (const line of loop.lines) {
        canvas.text('labels', { x: box.x + 14, y: at + 11 }, line, lineFont, 'dim')
        at += 14
      }
      for (const row of rows) {
        inks.draw(canvas, 'labels', row, box.x + 14, at + 4 + rowHeight / 2)
        at += rowHeight
      }
      connect(canvas, x, y + headHeight, y + bodyAt + inner.inlet)
      inner.draw(canvas, x, y + bodyAt)
      const end = y + bodyAt + inner.height - inner.outlet
      if (inner.exits)
        canvas.line([
          { x, y: end },
          { x, y: y + frameHeight },
        ])
      gives.forEach((row, index) => {
        inks.draw(canvas, 'labels', row, x + 9, y + frameHeight + behind + 8 + (index + 0.5) * rowHeight)
      })
    },
  }
}
