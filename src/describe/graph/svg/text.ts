import { screenWidth } from '../../../diagnostics/screen-width.ts'

/** A font of the drawing. */
export interface Font {
  readonly size: number
  readonly family: 'sans' | 'mono'
  readonly bold?: boolean
}

/** Widths of DejaVu Sans from space to ~, in thousandths of its size: the widest of the fonts that readers are likely to have. */
const sansWidths = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
  636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
  748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
  615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
  337, 636, 838,
]
const monoWidth = 602
const otherWidth = 600
const wideWidth = 1000
const boldness = 1.13

/** Pixels that a line of text takes, at most. */
export function measure(text: string, { size, family, bold = false }: Font): number {
  let thousandths = 0
  for (const character of text) {
    const columns = screenWidth(character)
    if (columns !== 1) thousandths += columns === 2 ? wideWidth : 0
    else if (family === 'mono') thousandths += monoWidth
    else thousandths += sansWidths[character.codePointAt(0)! - 32] ?? otherWidth
  }
  return (thousandths / 1000) * size * (bold && family === 'sans' ? boldness : 1)
}

/** Breaks a text into lines no wider than so many pixels: between words, inside a word where it is too long by itself. */
export function wrap(text: string, font: Font, width: number): string[] {
  const fits = (line: string) => measure(line, font) <= width
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = line === '' ? word : `${line} ${word}`
    if (fits(longer)) {
      line = longer
      continue
    }
    // A word that no line can hold begins where it stands.
    if (line !== '' && fits(word)) lines.push(line)
    line = fits(word) ? word : longer
    while (!fits(line)) {
      const cut = findCut(line, fits)
      lines.push(line.slice(0, cut))
      line = line.slice(cut)
    }
  }
  return line === '' ? lines : [...lines, line]
}

/** Where to break a word: behind a slash, else a dot or comma, else where the line is full. */
function findCut(word: string, fits: (line: string) => boolean): number {
  const characters = [...word]
  let full = 1
  while (full < characters.length && fits(characters.slice(0, full + 1).join(''))) full += 1
  const head = characters.slice(0, full).join('')
  const piece = /^.+\//.exec(head) ?? /^.+[.,]/.exec(head)
  return (piece?.[0] ?? head).length
}
