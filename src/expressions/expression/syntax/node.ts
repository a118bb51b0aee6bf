/** Where in its source something stands. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

export type BinaryOp = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%'

interface Node<Op extends string, Args> extends Stretch {
  readonly input: string
  readonly op: Op
  readonly args: Args
}
/** One for each operator, so that asking for the operator tells the arguments. */
type Each<Op extends string, Args> = { [One in Op]: Node<One, Args> }[Op]
type Pair = readonly [left: CelNode, right: CelNode]

/** A node of an expression's syntax tree; `start` and `end` are offsets in its source. */
export type CelNode =
  | Node<'value', string | number | bigint | boolean | null>
  | Node<'id', string>
  | Node<'.', readonly [owner: CelNode, name: string]>
  | Node<'.?', readonly [owner: CelNode, name: string]>
  | Node<'[]', Pair>
  | Node<'[?]', Pair>
  | Node<'call', readonly [name: string, given: readonly CelNode[]]>
  | Node<'rcall', readonly [name: string, receiver: CelNode, given: readonly CelNode[]]>
  | Node<'list', readonly CelNode[]>
  | Node<'map', readonly (readonly [key: CelNode, value: CelNode])[]>
  /** `?x` in a list, or `?key: x` in a map: an optional that is left out where it has no value. */
  | Node<'?_', CelNode>
  | Node<'!_', CelNode>
  | Node<'-_', CelNode>
  | Node<'?:', readonly [asked: CelNode, yes: CelNode, no: CelNode]>
  | Each<BinaryOp, Pair>

export type CelShape = Pick<CelNode, 'op' | 'args'>

/** Why a text is no expression, and where. */
export class SyntaxFault extends Error {
  readonly start: number
  readonly end: number
  constructor(message: string, start: number, end: number) {
    super(message)
    this.start = start
    this.end = end
  }
}
