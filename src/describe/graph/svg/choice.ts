import type { ChoiceShape } from '../model.ts'
import { type Layout, type Piece, placeBeside } from './piece.ts'
import { type Font, measure, wrap } from './text.ts'

const conditionFont: Font = { family: 'mono', size: 10.5 }
const lineHeight = 14
const widest = 190
const armGap = 22
const diamond = 11
const rail = 20

/** A diamond, its arms side by side with their conditions on the way to them, and where the ways meet again. */
export function layChoice({ arms, passable, id }: ChoiceShape, { lay }: Layout): Piece {
  const drawn = arms.map(({ label, body }) => labelled(lay(body), label))
  if (passable) drawn.push(labelled(nothing, arms.length === 1 ? 'else' : 'otherwise'))
  const { placed, width } = placeBeside(
    drawn.map(({ piece }) => piece),
    armGap,
  )
  const straight = passable && arms.length === 1
  const axis = straight ? placed[0]!.x : findAxis(placed.map(({ x }) => x))
  const labelsHeight = Math.max(...drawn.map(({ lines }) => lines.length)) * lineHeight
  const armsAt = diamond * 2 + labelsHeight + 34
  const meeting = armsAt + Math.max(...placed.map(({ piece }) => piece.height)) + rail
  const exits = placed.some(({ piece }) => piece.exits)
  return {
    left: Math.max(axis, diamond),
    right: Math.max(width - axis, diamond),
    height: exits ? meeting : meeting - rail,
    inlet: 0,
    outlet: 0,
    exits,
    draw(canvas, x, y) {
      const center = y + diamond
      const tips = [
        { x, y },
        { x: x + diamond, y: center },
        { x, y: center + diamond },
        { x: x - diamond, y: center },
      ]
      canvas.group(`choice ${id}`, () => canvas.polygon('nodes', tips, 'choice'))
      placed.forEach(({ piece, x: at }, index) => {
        const arm = x + at - axis
        const { lines, labelWidth, empty } = drawn[index]!
        const from = Math.abs(arm - x) < 1 ? center + diamond : center
        const way = [
          { x, y: from },
          { x: arm, y: from },
        ]
        const back = [
          { x: arm, y: y + meeting },
          { x, y: y + meeting },
        ]
        if (empty) canvas.line([...way, ...back])
        else {
          canvas.line([...way, { x: arm, y: y + armsAt + piece.inlet }], { arrow: true })
          piece.draw(canvas, arm, y + armsAt)
          const end = { x: arm, y: y + armsAt + piece.height - piece.outlet }
          if (piece.exits) canvas.line([end, ...back])
        }
        const labelAt = y + diamond * 2 + 12
        const box = {
          x: arm - labelWidth / 2 - 7,
          y: labelAt,
          width: labelWidth + 14,
          height: lines.length * lineHeight + 5,
        }
        canvas.rect('labels', box, 'condition', 8)
        lines.forEach((line, row) => {
          const base = { x: arm, y: labelAt + 12.5 + row * lineHeight }
          canvas.text('labels', base, line, conditionFont, 'condition-text', 'middle')
        })
      })
    },
  }
}

/** The middle of the arms; on an arm that is near it, so that the way there is straight. */
function findAxis(arms: readonly number[]): number {
  const middle = (arms[0]! + arms.at(-1)!) / 2
  return arms.find((arm) => Math.abs(arm - middle) < 60) ?? middle
}

/** The way past all arms. */
const nothing: Piece = { left: 0, right: 0, height: 0, inlet: 0, outlet: 0, exits: true, draw() {} }

function labelled(piece: Piece, label: string) {
  const lines = wrap(label, conditionFont, widest)
  const labelWidth = Math.max(...lines.map((line) => measure(line, conditionFont)))
  const half = labelWidth / 2 + 10
  const wide = { ...piece, left: Math.max(piece.left, half), right: Math.max(piece.right, half) }
  return { piece: wide, lines, labelWidth, empty: piece === nothing }
}
