import type { SequenceShape } from '../model.ts'
import { connect, type Layout, type Piece } from './piece.ts'

const gap = 26

/** Pieces below each other on one axis. */
export function laySequence({ items }: SequenceShape, { lay }: Layout): Piece {
  return stack(items.map(lay))
}

/** Nothing is drawn below a piece that ends the route. */
export function stack(all: readonly Piece[]): Piece {
  const last = all.findIndex((piece) => !piece.exits)
  const pieces = last < 0 ? all : all.slice(0, last + 1)
  const height = pieces.reduce((sum, piece) => sum + piece.height, gap * Math.max(0, pieces.length - 1))
  return {
    left: Math.max(0, ...pieces.map((piece) => piece.left)),
    right: Math.max(0, ...pieces.map((piece) => piece.right)),
    height,
    inlet: pieces[0]?.inlet ?? 0,
    outlet: pieces.at(-1)?.outlet ?? 0,
    exits: last < 0,
    draw(canvas, x, y) {
      let at = y
      pieces.forEach((piece, index) => {
        piece.draw(canvas, x, at)
        at += piece.height
        const next = pieces[index + 1]
        if (next) connect(canvas, x, at - piece.outlet, at + gap + next.inlet)
        at += gap
      })
    },
  }
}
