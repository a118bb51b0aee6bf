import type { Shape } from '../model.ts'
import type { Canvas } from './canvas.ts'
import type { Inks } from './inks.ts'

/**
 * A shape with its size. The flow enters it at the top and leaves it at the bottom, on one vertical axis; `left` and
 * `right` are how far it reaches to both sides of that axis. Pixels.
 */
export interface Piece {
  readonly left: number
  readonly right: number
  readonly height: number
  /** How far below its top an arrow that comes in may end, and how far above its bottom one that goes out begins. */
  readonly inlet: number
  readonly outlet: number
  /** False when every way through it ends the route. */
  readonly exits: boolean
  /** `x` is the axis, `y` the top. */
  draw(canvas: Canvas, x: number, y: number): void
}

/** What a shape needs to be laid out. */
export interface Layout {
  readonly inks: Inks
  lay(shape: Shape): Piece
}

/** A line between two pieces, or a piece and something else: from the bottom of one to the top of the other. */
export function connect(canvas: Canvas, x: number, from: number, to: number, className = 'line'): void {
  canvas.line(
    [
      { x, y: from },
      { x, y: to },
    ],
    { className, arrow: true },
  )
}

export interface Placed {
  readonly piece: Piece
  /** Of its axis. */
  readonly x: number
}

/** Puts pieces side by side; gives where their axes are from the left end, and how wide all are. */
export function placeBeside(pieces: readonly Piece[], gap: number): { placed: Placed[]; width: number } {
  let x = -gap
  const placed = pieces.map((piece) => {
    const axis = x + gap + piece.left
    x = axis + piece.right
    return { piece, x: axis }
  })
  return { placed, width: Math.max(0, x) }
}
