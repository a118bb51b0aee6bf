import { type BinaryOp, type CelNode, type CelShape, SyntaxFault } from './node.ts'
import { readToken, type Token, unexpected } from './tokens.ts'

const limits = { nodes: 1000, depth: 64, elements: 500, arguments: 8 }

/** From those that bind loosest; of one row the left ones bind first. */
const precedence: readonly (readonly BinaryOp[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
]

const reserved: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
)

/** Reads an expression by CEL's grammar. @throws SyntaxFault */
export class Grammar {
  readonly #input: string
  #token: Token
  #nodes = 0
  #depth = 0

  constructor(input: string) {
    this.#input = input
    this.#token = readToken(input, 0)
  }

  readAll(): CelNode {
    const node = this.#expression()
    if (this.#token.kind !== 'end') throw this.#unexpected()
    return node
  }

  #expression(): CelNode {
    return this.#nested(() => {
      const asked = this.#binary(0)
      if (!this.#take('?')) return asked
      const yes = this.#expression()
      this.#demand(':')
      const no = this.#expression()
      return this.#node(asked.start, no.end, { op: '?:', args: [asked, yes, no] })
    })
  }

  #binary(level: number): CelNode {
    const operators = precedence[level]
    if (!operators) return this.#unary()
    let left = this.#binary(level + 1)
    for (let op = this.#takeOne(operators); op; op = this.#takeOne(operators)) {
      const right = this.#binary(level + 1)
      left = this.#node(left.start, right.end, { op, args: [left, right] })
    }
    return left
  }

  #unary(): CelNode {
    const { start } = this.#token
    const op = this.#takeOne(['!', '-'] as const)
    if (!op) return this.#member()
    const operand = this.#nested(() => this.#unary())
    return this.#node(start, operand.end, { op: `${op}_`, args: operand })
  }

  /** A primary with what follows it: members, indexes, calls. */
  #member(): CelNode {
    let node = this.#primary()
    for (let links = 0; ; links++) {
      if (links > limits.depth) throw this.#tooLarge()
      if (this.#take('.')) node = this.#select(node)
      else if (this.#take('[')) {
        const op = this.#take('?') ? '[?]' : '[]'
        const index = this.#expression()
        node = this.#node(node.start, this.#demand(']'), { op, args: [node, index] })
      } else return node
    }
  }

  #select(owner: CelNode): CelNode {
    const op = this.#take('?') ? '.?' : '.'
    const { kind, text, end } = this.#token
    if (kind === 'quoted') this.#advance()
    else this.#demandName()
    if (op === '.' && kind === 'name' && this.#take('(')) {
      const given = this.#sequence(')', limits.arguments, () => this.#expression())
      return this.#node(owner.start, given.end, { op: 'rcall', args: [text, owner, given.items] })
    }
    return this.#node(owner.start, end, { op, args: [owner, text] })
  }

  #primary(): CelNode {
    const { kind, text, value, start, end } = this.#token
    if (kind === 'value') {
      this.#advance()
      return this.#node(start, end, { op: 'value', args: value! })
    }
    if (kind === 'name') {
      if (reserved.has(text)) throw new SyntaxFault(`\`${text}\` is reserved in CEL`, start, end)
      this.#advance()
      if (!this.#take('(')) return this.#node(start, end, { op: 'id', args: text })
      const given = this.#sequence(')', limits.arguments, () => this.#expression())
      return this.#node(start, given.end, { op: 'call', args: [text, given.items] })
    }
    if (this.#take('(')) {
      const node = this.#expression()
      this.#demand(')')
      return node
    }
    if (this.#take('[')) {
      const { items, end: last } = this.#sequence(']', limits.elements, () => this.#optional())
      return this.#node(start, last, { op: 'list', args: items })
    }
    if (this.#take('{')) {
      const { items, end: last } = this.#sequence('}', limits.elements, () => this.#entry())
      return this.#node(start, last, { op: 'map', args: items })
    }
    throw this.#unexpected()
  }

  #entry(): readonly [CelNode, CelNode] {
    const key = this.#optional()
    this.#demand(':')
    return [key, this.#expression()]
  }

  #optional(): CelNode {
    const { start } = this.#token
    if (!this.#take('?')) return this.#expression()
    const node = this.#expression()
    return this.#node(start, node.end, { op: '?_', args: node })
  }

  /** What stands between commas, to its closing bracket; a comma may be the last. */
  #sequence<Item>(closing: string, most: number, read: () => Item): { items: Item[]; end: number } {
    const items: Item[] = []
    while (!this.#isSign(closing)) {
      if (items.length === most) throw this.#tooLarge()
      items.push(read())
      if (!this.#take(',')) break
    }
    return { items, end: this.#demand(closing) }
  }

  #nested(read: () => CelNode): CelNode {
    if (++this.#depth > limits.depth) throw this.#tooLarge()
    const node = read()
    this.#depth--
    return node
  }

  #node(start: number, end: number, shape: CelShape): CelNode {
    if (++this.#nodes > limits.nodes) throw this.#tooLarge()
    return { ...shape, start, end, input: this.#input } as CelNode
  }

  #isSign(text: string): boolean {
    return this.#token.kind === 'sign' && this.#token.text === text
  }

  #take(text: string): boolean {
    const found = this.#isSign(text)
    if (found) this.#advance()
    return found
  }

  #takeOne<Sign extends string>(signs: readonly Sign[]): Sign | undefined {
    return signs.find((sign) => this.#take(sign))
  }

  #demand(text: string): number {
    const { end } = this.#token
    if (!this.#take(text)) throw this.#expected(`\`${text}\``)
    return end
  }

  #demandName(): void {
    if (this.#token.kind !== 'name') throw this.#expected('a name')
    this.#advance()
  }

  #expected(wanted: string): SyntaxFault {
    const { kind, start, end } = this.#token
    const found = this.#input.slice(start, end)
    const message = kind === 'end' ? `${wanted} is missing at the end` : `expected ${wanted}, found \`${found}\``
    return new SyntaxFault(message, start, end)
  }

  #unexpected(): SyntaxFault {
    return unexpected(this.#input, this.#token.start, this.#token.end)
  }

  #tooLarge(): SyntaxFault {
    return new SyntaxFault('the expression is too large', this.#token.start, this.#token.end)
  }

  #advance(): void {
    this.#token = readToken(this.#input, this.#token.end)
  }
}
