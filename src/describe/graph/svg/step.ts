import type { StepShape } from '../model.ts'
import { rowHeight } from './inks.ts'
import type { Layout, Piece } from './piece.ts'
import { type Font, measure, wrap } from './text.ts'

const titleFont: Font = { family: 'sans', size: 13, bold: true }
const lineFont: Font = { family: 'mono', size: 10.5 }
const noteFont: Font = { family: 'sans', size: 11 }
const widest = 216
const narrowest = 96
const padding = { x: 12, y: 9 }
/** How much less room there is in the dashed part. */
const drawerInset = 12
const lineHeight = 14
const titleHeight = 17

/** The box of one step, a dashed part below it for what is tried when it fails, and beside its arrow what it gives. */
export function layStep(step: StepShape, { inks }: Layout): Piece {
  const title = wrap(step.title, titleFont, widest)
  const lines = step.lines.flatMap((line) => wrap(line, lineFont, widest))
  const needs = inks.rows(step.needs, widest)
  const notes = failureNotes(step).flatMap((note) => wrap(note, noteFont, widest - drawerInset))
  const inner = Math.max(
    narrowest,
    ...title.map((line) => measure(line, titleFont)),
    ...lines.map((line) => measure(line, lineFont)),
    ...needs.map((row) => inks.width(row)),
    ...notes.map((line) => measure(line, noteFont) + drawerInset),
  )
  const half = inner / 2 + padding.x
  const boxHeight =
    padding.y * 2 +
    title.length * titleHeight +
    lines.length * lineHeight +
    (needs.length > 0 ? needs.length * rowHeight + 4 : 0)
  const notesHeight = notes.length > 0 ? notes.length * lineHeight + 10 : 0
  const exits = step.ends === undefined
  const gives = exits ? inks.rows(step.gives, 110) : []
  const givesHeight = gives.length > 0 ? gives.length * rowHeight + 8 : 0

  return {
    left: half,
    right: Math.max(half, ...gives.map((row) => inks.width(row) + 14)),
    height: boxHeight + notesHeight + givesHeight,
    inlet: 0,
    outlet: givesHeight,
    exits,
    draw(canvas, x, y) {
      const left = x - half
      if (notesHeight > 0) {
        const drawer = { x: left + 8, y: y + boxHeight - 8, width: half * 2 - 16, height: notesHeight + 8 }
        canvas.rect('frames', drawer, 'drawer', 6, step.id)
      }
      canvas.group(
        describeStep(step),
        () => {
          canvas.rect('nodes', { x: left, y, width: half * 2, height: boxHeight }, `node ${classOf(step)}`)
          let at = y + padding.y
          for (const line of title) {
            canvas.text('nodes', { x: left + padding.x, y: at + 13 }, line, titleFont, 'title')
            at += titleHeight
          }
          for (const line of lines) {
            canvas.text('nodes', { x: left + padding.x, y: at + 10 }, line, lineFont, 'dim')
            at += lineHeight
          }
          at += 4
          for (const row of needs) {
            inks.draw(canvas, 'nodes', row, left + padding.x, at + rowHeight / 2)
            at += rowHeight
          }
          notes.forEach((note, index) => {
            const base = y + boxHeight + 14 + index * lineHeight
            canvas.text('nodes', { x: left + padding.x + 6, y: base }, note, noteFont, 'note')
          })
        },
        step.id,
      )
      gives.forEach((row, index) => {
        const middle = y + boxHeight + notesHeight + 8 + (index + 0.5) * rowHeight
        inks.draw(canvas, 'labels', row, x + 9, middle)
      })
    },
  }
}

function failureNotes({ fallbacks, optional }: StepShape): string[] {
  const tried = fallbacks.map((fallback, index) => `${index === 0 ? 'else' : 'then'} ${fallback}`)
  return optional ? [...tried, tried.length > 0 ? 'then left out' : 'else left out'] : tried
}

function classOf({ ends, calls }: StepShape): string {
  if (ends) return ends === 'error' ? 'failing' : 'answering'
  return calls ? 'calling' : 'computing'
}

/** What a screen reader and a tooltip say. */
function describeStep(step: StepShape): string {
  const { title, lines, needs, gives, ends, at } = step
  const parts = [`${title}${lines.length > 0 ? `: ${lines.join(', ')}` : ''}`]
  if (needs.length > 0) parts.push(`reads ${needs.join(', ')}`)
  if (gives.length > 0) parts.push(`gives ${gives.join(', ')}`)
  parts.push(...failureNotes(step))
  if (ends) parts.push(ends === 'error' ? 'the route fails here' : 'the route ends here')
  return [...parts, at].join('; ')
}
