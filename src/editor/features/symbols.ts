import { type DocumentSymbol, SymbolKind } from 'vscode-languageserver'
import type { Path } from '../../yaml/source.ts'
import { type Member, Syntax } from '../../yaml/syntax.ts'
import { rangeIn } from '../positions.ts'
import type { EditedKind } from '../project.ts'
import type { Place } from '../workspace.ts'
import type { Feature } from './feature.ts'

/** What a file declares: colors, operations, the inputs and steps of a route, tests. */
export const symbols: Feature = {
  capabilities: { documentSymbolProvider: true },
  listen(connection, workspace) {
    connection.onDocumentSymbol(async ({ textDocument }) => {
      const place = await workspace.placeOf(textDocument.uri, { line: 0, character: 0 })
      return place ? new Outline(place).symbols() : []
    })
  },
}

/** The mappings and lists whose members are shown, of each kind of file. */
const shown: Readonly<Record<EditedKind, Readonly<Record<string, SymbolKind>>>> = {
  gateway: {},
  dictionary: { colors: SymbolKind.Variable },
  service: { operations: SymbolKind.Method },
  route: { in: SymbolKind.Variable, do: SymbolKind.Event, catch: SymbolKind.Event },
  part: { do: SymbolKind.Event },
  test: { tests: SymbolKind.Method },
}

/** Lists of steps, by the keys that hold them. */
const lists: ReadonlySet<string> = new Set(['do', 'default', 'try', 'catch', 'parallel', 'sequence', 'flow', 'branch'])

class Outline {
  readonly #place: Place
  readonly #syntax: Syntax
  readonly #value: unknown

  constructor(place: Place) {
    this.#place = place
    this.#syntax = new Syntax(place.text)
    this.#value = this.#syntax.value
  }

  symbols(): DocumentSymbol[] {
    const kinds = shown[this.#place.kind]
    return this.#syntax.membersAt([]).map((member) => {
      const kind = kinds[member.name]
      const inside = kind === undefined ? [] : this.#membersOf([member.name], kind)
      return this.#symbol(member, String(member.name), SymbolKind.Property, inside)
    })
  }

  #membersOf(path: Path, kind: SymbolKind): DocumentSymbol[] {
    return this.#syntax.membersAt(path).map((member) => {
      const here = [...path, member.name]
      const isStep = kind === SymbolKind.Event
      const inside = isStep ? this.#syntax.membersAt(here).filter(({ name }) => lists.has(String(name))) : []
      const children = inside.flatMap(({ name }) => this.#membersOf([...here, name], kind))
      return this.#symbol(member, this.#titleOf(member, here), kind, children)
    })
  }

  /** The name of a member; an element of a list is called by its own name, or by what it does. */
  #titleOf({ name }: Member, path: Path): string {
    if (typeof name === 'string') return name
    const value = path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | null)?.[key], this.#value)
    if (typeof value !== 'object' || value === null) return String(value)
    const { id, when, name: own, ...others } = value as Record<string, unknown>
    if (typeof own === 'string') return own
    const [kind = typeof when === 'string' ? `when ${when}` : 'step', what] = Object.entries(others)[0] ?? []
    const does = typeof what === 'string' ? `${kind} ${what}` : kind
    return typeof id === 'string' ? `${id}: ${does}` : does
  }

  #symbol({ key, whole }: Member, name: string, kind: SymbolKind, children: DocumentSymbol[]): DocumentSymbol {
    const { document } = this.#place
    // The protocol wants a name of some letters, and what is inside to lie inside.
    const end = Math.max(whole.end, key.end)
    return {
      name: name === '' ? '…' : name,
      kind,
      range: rangeIn(document, { start: whole.start, end }),
      selectionRange: rangeIn(document, key),
      children,
    }
  }
}
