import { printJson } from '../json-text.ts'
import { absences, createSource, Label, operations, type Source, Text, type Word } from './operations.ts'
import type { ItemPart, Part, SlotPart, TextSource } from './part.ts'
import { createNode, descend, type PathNode } from './path-tree.ts'

/** Turns a part into the words of a program, and gathers what they refer to. */
export class Assembler {
  readonly words: Word[] = []
  readonly slots = new Map<number, Source>()
  /** The elements of each list. */
  readonly scopes: Source[] = []
  /** Registers that remember where objects and arrays began, one for each that is open at a time. */
  readonly cells: PathNode[] = []
  /** Bytes that are written in any case before the next operation. */
  #pending = ''
  #depth = 0

  constructor(part: Part) {
    this.#part(part, '', absences.fail, undefined)
    this.#end()
  }

  get sourceCount(): number {
    return this.slots.size + this.scopes.length
  }

  /** Writes the bytes of `before` and a value, or what its absence asks for. */
  #part(part: Part, before: string, absence: number, scope: Source | undefined): void {
    switch (part.kind) {
      case 'literal':
        this.#pending += before + printJson(part.value)
        return
      case 'slot':
      case 'item': {
        const { source, node } = this.#find(part, scope)
        this.words.push(operations.value, ...this.#before(before, absence), node, source.index, absence)
        return
      }
      case 'object':
        this.#pending += before
        this.#enclosed('{', '}', () => {
          for (const [name, value] of part.members) {
            if (!isNothing(value)) this.#part(value, `,${JSON.stringify(name)}:`, absences.skip, scope)
          }
        })
        return
      case 'array':
        this.#pending += before
        this.#enclosed('[', ']', () => {
          for (const item of part.items) this.#part(orNull(item), ',', absences.null, scope)
        })
        return
      case 'each':
        this.#each(part, before, absence, scope)
        return
      case 'text':
        this.#pending += `${before}"`
        for (const piece of part.parts) {
          if (typeof piece === 'string') this.#pending += JSON.stringify(piece).slice(1, -1)
          else this.#textSource(piece, scope)
        }
        this.#pending += '"'
    }
  }

  #enclosed(opening: string, closing: string, writeMembers: () => void): void {
    this.#flush()
    this.cells[this.#depth] ??= createNode()
    const cell = this.cells[this.#depth++]!
    this.words.push(operations.open, cell)
    writeMembers()
    this.#flush()
    this.words.push(operations.close, cell, opening.charCodeAt(0), closing.charCodeAt(0))
    this.#depth--
  }

  #each({ list, map }: Part & { kind: 'each' }, before: string, absence: number, outer: Source | undefined): void {
    const { source, node } = this.#find(list, outer)
    source.isOpened = true
    const scope = createSource(this.sourceCount)
    this.scopes.push(scope)
    const behind = new Label()
    this.words.push(operations.each, ...this.#before(before, absence), node, source.index, absence, scope, behind)
    this.#part(orNull(map), ',', absences.null, scope)
    this.#end()
    behind.at = this.words.length
  }

  #textSource(part: TextSource, scope: Source | undefined): void {
    this.#flush()
    const { source, node } = this.#find(part, scope)
    this.words.push(operations.text, node, source.index, part.required ? 1 : 0)
  }

  #find(part: SlotPart | ItemPart, scope: Source | undefined): { source: Source; node: PathNode } {
    const source = part.kind === 'slot' ? this.#slot(part.slot) : scope
    if (!source) throw new Error('an item stands outside of every each')
    if (part.path.length > 0) source.isOpened = true
    return { source, node: descend(source.root, part.path) }
  }

  #slot(slot: number): Source {
    const known = this.slots.get(slot)
    if (known) return known
    const made = createSource(this.sourceCount)
    this.slots.set(slot, made)
    return made
  }

  /** The operands for bytes before a value: what is pending comes with them where they are written in any case. */
  #before(before: string, absence: number): [Text, number] {
    if (absence === absences.skip) this.#flush()
    const text = new Text(this.#pending + before)
    this.#pending = ''
    return [text, text.bytes.length]
  }

  #flush(): void {
    if (this.#pending === '') return
    const text = new Text(this.#pending)
    this.words.push(operations.bytes, text, text.bytes.length)
    this.#pending = ''
  }

  #end(): void {
    this.#flush()
    this.words.push(operations.end)
  }
}

/** A literal that is no JSON: it is left out as what is absent is. */
export function isNothing(part: Part): boolean {
  return part.kind === 'literal' && (printJson(part.value) as string | undefined) === undefined
}

function orNull(part: Part): Part {
  return isNothing(part) ? { kind: 'literal', value: null } : part
}
