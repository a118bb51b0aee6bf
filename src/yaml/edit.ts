import { type Document, isAlias, isCollection, isMap, type Node, parseDocument, stringify, type YAMLMap } from 'yaml'
import type { Path } from './source.ts'

type Members = Readonly<Record<string, unknown>>

const style = { lineWidth: 0, singleQuote: true, blockQuote: false, aliasDuplicateObjects: false } as const

/**
 * Sets members of the mapping at a path, which is made where it is missing: `name: value` after its last one, or in
 * place of the one that is there. All else stays as it stands in the text, comments and spaces too; only a mapping in
 * braces becomes one in lines. The text must be YAML, and the path without its last key must lead somewhere.
 */
export function setMembers(text: string, path: Path, members: Members): string {
  const document = parseDocument(text)
  const flow = outermostFlow(document, path)
  if (flow) return unfold(text, document, flow, path, members)
  const target = document.getIn(path, true)
  if (isMap(target) && target.items.length > 0) {
    const [[name, value] = [''], ...others] = Object.entries(members)
    if (name === '') return text
    return setMembers(setMember(text, target, name, value), path, Object.fromEntries(others))
  }
  const known = isAlias(target) ? (target.toJSON() as Members) : {}
  const owner = document.getIn(path.slice(0, -1), true) as YAMLMap
  return setMember(text, owner, String(path.at(-1)), { ...known, ...members })
}

/** In a mapping of lines. */
function setMember(text: string, owner: YAMLMap, name: string, value: unknown): string {
  const indent = columnOf(text, (owner.items[0]!.key as Node).range![0])
  const lines = indentLines(stringify({ [name]: value }, style), indent).trimEnd()
  const before = owner.items.find(({ key }) => String(key) === name)
  if (before) {
    const start = (before.key as Node).range![0]
    const end = endOf(text, before.value as Node | null, start)
    return text.slice(0, start) + lines.trimStart() + text.slice(end)
  }
  const last = owner.items.at(-1)!
  const end = endOf(text, last.value as Node | null, (last.key as Node).range![1])
  const lineEnd = text.indexOf('\n', end)
  const at = lineEnd < 0 ? text.length : lineEnd
  return `${text.slice(0, at)}\n${lines}${text.slice(at)}`
}

/** Where a value ends, the line break behind a value of several lines not counted. */
function endOf(text: string, value: Node | null, fallback: number): number {
  let end = value?.range?.[1] ?? fallback
  while (/\s/.test(text[end - 1] ?? '')) end--
  return end
}

/** The first collection in braces or brackets on the way, and how far the way has come. */
function outermostFlow(document: Document, path: Path): { node: YAMLMap; depth: number } | undefined {
  for (let depth = 0; depth <= path.length; depth++) {
    const node = document.getIn(path.slice(0, depth), true)
    if (isCollection(node) && node.flow) return { node: node as YAMLMap, depth }
  }
  return undefined
}

/** Prints a collection in braces as lines, with the members set. */
function unfold(
  text: string,
  document: Document,
  { node, depth }: { node: YAMLMap; depth: number },
  path: Path,
  members: Members,
): string {
  for (let length = depth; length <= path.length; length++) {
    const onTheWay = document.getIn(path.slice(0, length), true)
    if (isCollection(onTheWay)) onTheWay.flow = false
  }
  for (const [name, value] of Object.entries(members)) document.setIn([...path, name], document.createNode(value))
  // What stands behind it in the text stays there.
  node.comment = null
  const [start, end] = node.range!
  const isEntry = typeof path[depth - 1] !== 'string'
  const owner = document.getIn(path.slice(0, depth - 1), true) as YAMLMap
  const keyStart = isEntry ? start : (owner.items[0]!.key as Node).range![0]
  const lines = indentLines(stringify(node, style), columnOf(text, keyStart) + (isEntry ? 0 : 2)).trimEnd()
  const head = text.slice(0, start)
  return isEntry ? head + lines.trimStart() + text.slice(end) : `${head.trimEnd()}\n${lines}${text.slice(end)}`
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1)
}

function indentLines(lines: string, columns: number): string {
  const margin = ' '.repeat(columns)
  return lines.replaceAll(/^(?=.)/gm, margin)
}
