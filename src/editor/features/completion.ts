import type { CompletionItem } from 'vscode-languageserver'
import { findCursor } from '../../yaml/half-written.ts'
import type { Stretch, Word } from '../../yaml/syntax.ts'
import { suggestKeys } from '../completion/keys.ts'
import { type Situation, toItem } from '../completion/suggestion.ts'
import { suggestValues } from '../completion/values.ts'
import type { Place } from '../workspace.ts'
import type { Feature } from './feature.ts'

/** What may be written where the cursor stands. */
export const completion: Feature = {
  capabilities: { completionProvider: { triggerCharacters: ['.', '$', '{', '"', "'", ' '] } },
  listen(connection, workspace) {
    connection.onCompletion(async ({ textDocument, position }) => {
      const place = await workspace.placeOf(textDocument.uri, position)
      return place ? complete(place) : []
    })
  },
}

function complete(place: Place): CompletionItem[] {
  const { project, kind, text, offset } = place
  const { world } = project
  const cursor = world && findCursor(text, offset)
  if (!cursor) return []
  const { word, syntax, isAlone, tail } = cursor
  const situation: Situation = { place, world, view: project.schemaOf(kind), value: syntax.value }
  const owner = word.path.slice(0, -1)
  const suggestions = word.part === 'key' ? suggestKeys(owner, situation, tail) : []
  const values = word.part === 'value' ? suggestValues(word, word.path, situation) : []
  const elements = isAlone ? suggestValues(word, owner, situation) : []
  const bare = bareStretch(word)
  return [...suggestions, ...values, ...elements].map((one) => toItem(one, place, bare))
}

/** Without the quotes around it. */
function bareStretch({ text, start, end }: Word): Stretch {
  const opens = /^["']/.test(text)
  const closes = opens && text.length > 1 && text.endsWith(text[0]!)
  return { start: opens ? start + 1 : start, end: closes ? end - 1 : end }
}
