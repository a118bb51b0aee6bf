import { type Cursor, notSimple } from './cursor.ts'
import { setMember } from './members.ts'
import type { Reading } from './reading.ts'
import { readFlowPlain, readQuoted, resolvePlain } from './scalar.ts'

const maxDepth = 50

/** Reads `[ … ]` or `{ … }`, over as many lines as it takes, all of them deeper than `indent`. */
export function readFlow(reading: Reading, indent: number, depth = 0): unknown {
  const { cursor, anchors, readScalar } = reading
  if (depth > maxDepth) throw notSimple
  const isList = cursor.text[cursor.at] === '['
  const close = isList ? ']' : '}'
  const items: unknown[] = []
  const members: Record<string, unknown> = {}
  const readBare = (isAnchored: boolean): unknown => {
    const character = cursor.text[cursor.at]
    if (character === '[' || character === '{') return readFlow(reading, indent, depth + 1)
    if (character === '"' || character === "'") return readScalar(readQuoted(cursor), false)
    if (character === '*' && !isAnchored) return anchors.resolve(cursor)
    return readScalar(readFlowPlain(cursor), true)
  }
  const readValue = () => anchors.read(cursor, readBare)
  const readMember = () => {
    const key = readKey(cursor)
    skip(cursor, indent)
    const isEmpty = cursor.text[cursor.at] === ',' || cursor.text[cursor.at] === close
    setMember(members, key, isEmpty ? null : readValue())
  }
  cursor.at += 1
  for (;;) {
    skip(cursor, indent)
    if (cursor.text[cursor.at] === close) break
    if (isList) items.push(readValue())
    else readMember()
    skip(cursor, indent)
    if (cursor.text[cursor.at] === close) break
    if (cursor.text[cursor.at] !== ',') throw notSimple
    cursor.at += 1
  }
  cursor.at += 1
  return isList ? items : members
}

function readKey(cursor: Cursor): string {
  const character = cursor.text[cursor.at]
  const isQuoted = character === '"' || character === "'"
  const key = isQuoted ? readQuoted(cursor) : String(resolvePlain(readFlowPlain(cursor)))
  cursor.skipSpaces()
  if (cursor.text[cursor.at] !== ':' || !cursor.isBlank(cursor.at + 1)) throw notSimple
  cursor.at += 1
  return key
}

/** Over spaces, comments and line ends. */
function skip(cursor: Cursor, indent: number): void {
  if (!cursor.isLineDone()) return
  cursor.nextLine()
  if (cursor.indent <= indent) throw notSimple
}
