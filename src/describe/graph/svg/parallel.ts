import type { ParallelShape } from '../model.ts'
import { connect, type Layout, type Piece, placeBeside } from './piece.ts'

const laneGap = 22
const drop = 22
const barHeight = 5
const overhang = 34

/** Lanes side by side between two bars. */
export function layParallel({ lanes }: ParallelShape, { lay }: Layout): Piece {
  const { placed, width } = placeBeside(lanes.map(lay), laneGap)
  const first = placed[0]!.x
  const last = placed.at(-1)!.x
  const axis = (first + last) / 2
  const top = barHeight + drop
  const bottom = top + Math.max(...placed.map(({ piece }) => piece.height)) + drop
  const exits = placed.every(({ piece }) => piece.exits)
  const bar = { x: first - overhang - axis, width: last - first + overhang * 2, height: barHeight }
  return {
    left: Math.max(axis, -bar.x),
    right: Math.max(width - axis, bar.x + bar.width),
    height: exits ? bottom + barHeight : bottom,
    inlet: 0,
    outlet: 0,
    exits,
    draw(canvas, x, y) {
      canvas.rect('nodes', { ...bar, x: x + bar.x, y }, 'bar', 2)
      if (exits) canvas.rect('nodes', { ...bar, x: x + bar.x, y: y + bottom }, 'bar', 2)
      for (const { piece, x: lane } of placed) {
        const center = x + lane - axis
        connect(canvas, center, y + barHeight, y + top + piece.inlet)
        piece.draw(canvas, center, y + top)
        if (exits) connect(canvas, center, y + top + piece.height - piece.outlet, y + bottom)
      }
    },
  }
}
