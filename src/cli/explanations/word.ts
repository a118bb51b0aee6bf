import type { WordExplanation, WordMeaning } from '../../describe/explain/word.ts'
import type { Terminal } from '../terminal.ts'
import { fill, section } from './lines.ts'

type Screen = Pick<Terminal, 'paint' | 'width'>

const mostPlaces = 8

/** A word of the language, for a terminal. */
export function printWord({ word, meanings }: WordExplanation, screen: Screen): string {
  return meanings.map((meaning) => printMeaning(word, meaning, screen)).join('\n\n')
}

function printMeaning(word: string, { kind, at, summary, example }: WordMeaning, { paint, width }: Screen): string {
  const article = kind === 'operator' ? 'an' : 'a'
  const places = at.slice(0, mostPlaces).map((place) => `  ${place}`)
  const more = at.length > mostPlaces ? [`  and ${at.length - mostPlaces} more`] : []
  return [
    `${paint.bold(word)}  ${paint.dim(`${article} ${kind}`)}`,
    ...(summary === undefined ? [] : fill(summary, Math.min(width, 100))),
    ...(example === undefined
      ? []
      : section(
          'Example',
          example
            .trimEnd()
            .split('\n')
            .map((line) => `  ${line}`),
          paint,
        )),
    ...(at.length === 0 ? [] : section('Where', [...places, ...more], paint)),
  ].join('\n')
}
