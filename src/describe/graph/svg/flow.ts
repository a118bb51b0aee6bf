import type { FlowShape } from '../model.ts'
import { type Node, orderRows, placeRows } from './flow-rows.ts'
import { connect, type Layout, type Piece } from './piece.ts'
import type { Font } from './text.ts'

const tagFont: Font = { family: 'sans', size: 10, bold: true }
const rowGap = 34
const barHeight = 3
const padding = { x: 14, top: 30, bottom: 16 }

/** Steps in levels, each below what it waits for, with a line for every wait. */
export function layFlow({ items }: FlowShape, { lay }: Layout): Piece {
  const pieces = items.map(({ body }) => lay(body))
  const rows = orderRows(items, pieces)
  const { width } = placeRows(rows)
  const tops: number[] = []
  const ends: number[] = []
  let y = padding.top + barHeight + rowGap
  for (const row of rows) {
    tops.push(y)
    y += Math.max(...row.map(({ piece }) => piece?.height ?? 0))
    ends.push(y)
    y += gapBelow(row)
  }
  const joinAt = y
  const exits = pieces.every((piece) => piece.exits)
  const height = joinAt + barHeight + padding.bottom
  const left = width / 2 + padding.x
  const spread = (nodes: readonly Node[]) => {
    const xs = nodes.map((node) => node.x - width / 2)
    const start = Math.min(0, ...xs) - 24
    return { x: start, width: Math.max(0, ...xs) + 24 - start }
  }
  return {
    left,
    right: left,
    height,
    inlet: padding.top,
    outlet: padding.bottom,
    exits,
    draw(canvas, x, top) {
      canvas.rect('frames', { x: x - left, y: top, width: left * 2, height }, 'frame', 10)
      canvas.text('frames', { x: x - left + 12, y: top + 16 }, 'flow', tagFont, 'tag')
      const fork = spread(rows[0]!)
      canvas.rect('nodes', { x: x + fork.x, y: top + padding.top, width: fork.width, height: barHeight }, 'bar', 1)
      if (exits) {
        const join = spread(rows.flat().filter((node) => node.level === rows.length - 1 || node.toJoin))
        canvas.rect('nodes', { x: x + join.x, y: top + joinAt, width: join.width, height: barHeight }, 'bar', 1)
      }
      for (const [level, row] of rows.entries()) {
        for (const node of row) {
          const axis = x + node.x - width / 2
          const nodeTop = top + tops[level]!
          node.piece?.draw(canvas, axis, nodeTop)
          if (level === 0) {
            const from = top + padding.top + barHeight
            canvas.line(
              [
                { x: axis, y: from },
                { x: axis, y: nodeTop + (node.piece?.inlet ?? 0) },
              ],
              { arrow: true },
            )
          }
          const rowEnd = ends[level]!
          const start = node.piece ? nodeTop + node.piece.height - node.piece.outlet : nodeTop
          if (node.piece && !node.piece.exits) continue
          if (node.next.length === 0) {
            connect(canvas, axis, start, top + joinAt)
            continue
          }
          canvas.line([
            { x: axis, y: start },
            { x: axis, y: top + rowEnd },
          ])
          for (const next of node.next) {
            const end = top + tops[level + 1]! + (next.piece?.inlet ?? 0)
            const to = { x: x + next.x - width / 2, y: end }
            canvas.curve({ x: axis, y: top + rowEnd }, to, { arrow: next.piece !== undefined })
          }
        }
      }
    },
  }
}

/** Lines that go far to the side need more height. */
function gapBelow(row: readonly Node[]): number {
  const aside = row.flatMap((node) => node.next.map((next) => Math.abs(next.x - node.x)))
  return Math.min(72, rowGap + Math.max(0, ...aside) / 9)
}
