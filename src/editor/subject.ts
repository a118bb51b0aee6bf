import type { Meaning } from '../binding/scalars.ts'
import { colorOfPath } from '../expressions/color.ts'
import type { Path } from '../yaml/source.ts'
import { type Stretch, Syntax, type Word } from '../yaml/syntax.ts'
import { callablesOf } from './hover/function.ts'
import type { WholeWorld } from './project.ts'
import { type Token, tokenAt } from './token.ts'
import type { Place } from './workspace.ts'

type NamedKind = 'color' | 'operation' | 'service' | 'preset' | 'part' | 'step' | 'function' | 'operator'

/** What a cursor points at, and the stretch of the text that names it. */
export type Subject = Stretch &
  (
    | { readonly kind: NamedKind; readonly name: string }
    /** A key of the language. */
    | { readonly kind: 'key'; readonly name: string; readonly path: Path; readonly value: unknown }
  )

/** What somebody's cursor points at; undefined where it is nothing that can be told of. */
export function subjectAt({ project, kind, text, offset }: Place): Subject | undefined {
  const { world } = project
  const syntax = new Syntax(text)
  const word = syntax.wordAt(offset)
  if (!world || !word) return undefined
  const { value } = syntax
  const view = project.schemaOf(kind)
  const bare = withoutQuotes(word)
  if (word.part === 'value') {
    const meaning = view.meaningAt(word.path, value)
    return meaning && subjectOfText(word, bare, offset, meaning, world)
  }
  const declared = declaredBy(kind, word.path, value)
  if (declared) return { ...bare, ...declared }
  const owner = word.path.slice(0, -1)
  const meaning = view.meaningOfKeys(owner, value)
  if (meaning === 'color' || meaning === 'call') return named(bare, meaning, world)
  if (view.meaningAt(owner, value) === 'template')
    return world.registry.operators.has(bare.name) || bare.name.startsWith('$')
      ? { ...bare, kind: 'operator' }
      : undefined
  return { ...bare, kind: 'key', path: word.path, value }
}

/** What a key of a mapping declares: a color of the dictionary, an operation of a service. */
function declaredBy(
  kind: Place['kind'],
  path: Path,
  value: unknown,
): { kind: 'color' | 'operation'; name: string } | undefined {
  const [owner, name] = path
  if (path.length !== 2 || typeof name !== 'string') return undefined
  if (kind === 'dictionary' && owner === 'colors') return { kind: 'color', name }
  if (kind !== 'service' || owner !== 'operations') return undefined
  return { kind: 'operation', name: `${(value as { service?: unknown }).service}.${name}` }
}

function subjectOfText(
  word: Word,
  bare: Named,
  offset: number,
  meaning: Meaning,
  world: WholeWorld,
): Subject | undefined {
  switch (meaning) {
    case 'template':
    case 'condition': {
      const token = tokenAt(word, offset, meaning)
      if (!token || token.isMember) return token?.isCalled ? functionOf(token, world) : undefined
      const path = token.text.split(/\.\??/)
      if (path[0] === 'steps' && path[1]) return { kind: 'step', name: path[1], start: token.start, end: token.end }
      const found = colorOfPath(path, world.dictionary.colors)
      if (found && 'color' in found) {
        // With `.?` in it a name is as much longer.
        const { length } = new RegExp(`^${found.color.replaceAll('.', '\\.\\??')}`).exec(token.text)![0]
        return { kind: 'color', name: found.color, start: token.start, end: token.start + length }
      }
      return token.isCalled ? functionOf(token, world) : undefined
    }
    case 'path-template': {
      const braces = [...word.text.matchAll(/\{([^{}]*)\}/g)]
      const found = braces.find(({ index, 0: all }) => holds(word.start + index, all.length, offset))
      const start = word.start + (found?.index ?? 0) + 1
      return found && named({ name: found[1]!, start, end: start + found[1]!.length }, 'color', world)
    }
    default:
      return named(bare, meaning, world)
  }
}

function functionOf({ text, end, isMember }: Token, { registry }: WholeWorld): Subject | undefined {
  const isWhole = !isMember && callablesOf(registry.functions).some(({ name }) => name === text)
  const name = isWhole ? text : /\w+$/.exec(text)?.[0]
  return name === undefined ? undefined : { kind: 'function', name, start: end - name.length, end }
}

interface Named extends Stretch {
  readonly name: string
}

/** A text that is a name and nothing else. */
function named({ name, start, end }: Named, meaning: Meaning, world: WholeWorld): Subject | undefined {
  const at = { start, end }
  if (meaning === 'color') {
    const color = name.replace(/\?$/, '')
    return world.dictionary.colors.has(color)
      ? { kind: 'color', name: color, start, end: start + color.length }
      : undefined
  }
  if (meaning === 'part') return { kind: 'part', name, ...at }
  if (meaning === 'service') return { kind: 'service', name: name.replace(/@.*/, ''), ...at }
  if (meaning === 'preset') return { kind: 'preset', name, ...at }
  if (meaning !== 'operation' && meaning !== 'call') return undefined
  return name.includes('.') ? { kind: 'operation', name, ...at } : { kind: 'step', name, ...at }
}

function withoutQuotes({ text, start, end }: Word): Named {
  const quote = /^(["'])(.*)\1$/s.exec(text)
  return quote ? { name: quote[2]!, start: start + 1, end: end - 1 } : { name: text, start, end }
}

function holds(start: number, length: number, offset: number): boolean {
  return start <= offset && offset <= start + length
}
