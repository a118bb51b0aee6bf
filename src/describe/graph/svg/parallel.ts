import type { ParallelShape } from '../model.ts'
import { connect, type Layout, type Piece, placeBeside } from './piece.ts'
import { type Font, measure } from './text.ts'

const tagFont: Font = { family: 'sans', size: 10, bold: true }
const laneGap = 22
const drop = 22
const barHeight = 5
const overhang = 34

/** Lanes side by side between two bars; of a race, below the word for it, to one point. */
export function layParallel({ lanes, isRace }: ParallelShape, { lay }: Layout): Piece {
  const { placed, width } = placeBeside(lanes.map(lay), laneGap)
  const first = placed[0]!.x
  const last = placed.at(-1)!.x
  const axis = (first + last) / 2
  const top = barHeight + drop
  const bottom = top + Math.max(...placed.map(({ piece }) => piece.height)) + drop
  const exits = isRace ? placed.some(({ piece }) => piece.exits) : placed.every(({ piece }) => piece.exits)
  const bar = { x: first - overhang - axis, width: last - first + overhang * 2, height: barHeight }
  return {
    left: Math.max(axis, -bar.x),
    right: Math.max(width - axis, bar.x + bar.width + (isRace ? measure('first', tagFont) + 8 : 0)),
    height: exits ? bottom + barHeight : bottom,
    inlet: 0,
    outlet: 0,
    exits,
    draw(canvas, x, y) {
      canvas.rect('nodes', { ...bar, x: x + bar.x, y }, 'bar', 2)
      if (isRace) canvas.text('labels', { x: x + bar.x + bar.width + 4, y: y + 9 }, 'first', tagFont, 'tag')
      else if (exits) canvas.rect('nodes', { ...bar, x: x + bar.x, y: y + bottom }, 'bar', 2)
      for (const { piece, x: lane } of placed) {
        const center = x + lane - axis
        connect(canvas, center, y + barHeight, y + top + piece.inlet)
        piece.draw(canvas, center, y + top)
        if (!piece.exits || !exits) continue
        const from = y + top + piece.height - piece.outlet
        if (!isRace) connect(canvas, center, from, y + bottom)
        else
          canvas.line([
            { x: center, y: from },
            { x: center, y: y + bottom },
            { x, y: y + bottom },
          ])
      }
    },
  }
}
