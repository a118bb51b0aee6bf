import type { AttemptShape } from '../model.ts'
import type { Layout, Piece } from './piece.ts'
import { type Font, measure, wrap } from './text.ts'

const labelFont: Font = { family: 'sans', size: 11 }
const tagFont: Font = { family: 'sans', size: 10, bold: true }
const padding = { x: 16, top: 26, bottom: 16 }
const lineHeight = 13
const handlerGap = 26
const rail = 20

/** A frame around what is tried, and to its right, one below the other, what runs when it fails. */
export function layAttempt({ body, handlers, id }: AttemptShape, { lay }: Layout): Piece {
  const tried = lay(body)
  const frame = {
    left: Math.max(tried.left, 40) + padding.x,
    right: Math.max(tried.right, 40) + padding.x,
  }
  const arms = handlers.map(({ label, body: handler }) => {
    const lines = wrap(label, labelFont, 150)
    return { lines, width: Math.max(...lines.map((line) => measure(line, labelFont))), piece: lay(handler) }
  })
  // All handlers on one axis, far enough from the frame for the longest of their labels.
  const column = frame.right + Math.max(...arms.map(({ piece, width }) => Math.max(piece.left + 26, width + 38)))
  let at = 8
  const placed = arms.map((arm) => {
    const top = at + arm.lines.length * lineHeight + 22
    const line = at + arm.lines.length * lineHeight + 4
    at = top + arm.piece.height + handlerGap
    return { ...arm, line, top, bottom: top + arm.piece.height - arm.piece.outlet }
  })
  const lowest = placed.at(-1)!.piece
  const frameHeight = Math.max(padding.top + tried.height + padding.bottom, placed.at(-1)!.line + padding.bottom)
  const rejoins = placed.some(({ piece }) => piece.exits)
  const turnsAside = placed.some(({ piece }) => piece.exits && piece !== lowest)
  const edge = column + Math.max(...arms.map(({ piece }) => piece.right))
  const channel = edge + 16
  const bottom = Math.max(frameHeight, at - handlerGap + (rejoins ? 8 : 0)) + (rejoins ? rail : 0)
  const exits = tried.exits || rejoins
  return {
    left: frame.left,
    right: turnsAside ? channel + 4 : edge,
    height: bottom,
    inlet: padding.top + tried.inlet,
    outlet: rejoins ? 0 : bottom - padding.top - tried.height + tried.outlet,
    exits,
    draw(canvas, x, y) {
      const box = { x: x - frame.left, y, width: frame.left + frame.right, height: frameHeight }
      canvas.rect('frames', box, 'frame', 10)
      canvas.text('frames', { x: box.x + 12, y: y + 16 }, 'try', tagFont, 'tag')
      tried.draw(canvas, x, y + padding.top)
      if (rejoins && tried.exits) {
        const from = y + padding.top + tried.height - tried.outlet
        canvas.line([
          { x, y: from },
          { x, y: y + bottom },
        ])
      }
      for (const { piece, lines, line, top, bottom: end } of placed) {
        const axis = x + column
        const start = { x: x + frame.right, y: y + line }
        const way = [start, { x: axis, y: start.y }, { x: axis, y: y + top + piece.inlet }]
        canvas.line(way, { className: 'line failure', arrow: true })
        lines.forEach((text, row) => {
          const base = start.y - 5 - (lines.length - 1 - row) * lineHeight
          canvas.text('labels', { x: start.x + 10, y: base }, text, labelFont, 'failure-text')
        })
        canvas.group(`catch ${id}`, () => piece.draw(canvas, axis, y + top))
        if (!piece.exits) continue
        const from = { x: axis, y: y + end }
        const to = { x, y: y + bottom }
        const turn = y + Math.max(end + 10, top + piece.height + 6)
        const aside = [
          { x: axis, y: turn },
          { x: x + channel, y: turn },
          { x: x + channel, y: to.y },
        ]
        canvas.line(piece === lowest ? [from, { x: axis, y: to.y }, to] : [from, ...aside, to])
      }
    },
  }
}
