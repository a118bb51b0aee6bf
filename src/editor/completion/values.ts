import type { Meaning } from '../../binding/scalars.ts'
import type { Path } from '../../yaml/source.ts'
import type { Stretch, Word } from '../../yaml/syntax.ts'
import { tokenAt } from '../token.ts'
import { suggestInExpression } from './expression.ts'
import { namesByMeaning, suggestColors } from './names.ts'
import type { Situation, Suggestion } from './suggestion.ts'

/** What a text at a path may become. */
export function suggestValues(word: Word, path: Path, situation: Situation): Suggestion[] {
  const { view, value } = situation
  const meaning = view.meaningAt(path, value)
  const listed = view.valuesAt(path, value).map((one): Suggestion => ({ label: String(one), kind: 'Value', order: 1 }))
  const named = meaning ? suggestByMeaning(meaning, word, situation) : []
  return [...new Map([...listed, ...named].map((one) => [one.label, one])).values()]
}

function suggestByMeaning(meaning: Meaning, word: Word, situation: Situation): Suggestion[] {
  if (meaning === 'path-template') return suggestInBraces(word, situation)
  if (meaning !== 'template' && meaning !== 'condition') return namesByMeaning[meaning]?.(situation) ?? []
  const token = tokenAt(word, situation.place.offset, meaning)
  return token ? suggestInExpression(token, situation) : []
}

/** `/recommend/{geo.c`: the colors that go into a path. */
function suggestInBraces(word: Word, situation: Situation): Suggestion[] {
  const { offset } = situation.place
  const before = /\{([\w.]*)$/.exec(word.text.slice(0, offset - word.start))
  if (!before) return []
  const after = /^[\w.]*/.exec(word.text.slice(offset - word.start))![0]
  const over: Stretch = { start: offset - before[1]!.length, end: offset + after.length }
  return suggestColors(situation).map((one) => ({ ...one, over }))
}
