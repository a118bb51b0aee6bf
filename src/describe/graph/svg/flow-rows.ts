import type { FlowItem } from '../model.ts'
import type { Piece } from './piece.ts'

/** A piece of a flow in its row; without a piece it is the way of a line through the row. */
export interface Node {
  readonly level: number
  readonly piece: Piece | undefined
  readonly next: Node[]
  readonly before: Node[]
  /** A line that leads on to the bar at the end. */
  readonly toJoin: boolean
  /** Of its axis, from the left end of the flow. */
  x: number
}

const nodeGap = 26
const laneWidth = 12

/** Rows by level. A line over several rows, to a later step or to the end, gets a place in each row that it passes. */
export function orderRows(items: readonly FlowItem[], pieces: readonly Piece[]): Node[][] {
  const depth = Math.max(0, ...items.map(({ level }) => level)) + 1
  const rows: Node[][] = Array.from({ length: depth }, () => [])
  const add = (level: number, piece: Piece | undefined, toJoin = false): Node => {
    const node: Node = { level, piece, next: [], before: [], toJoin, x: 0 }
    rows[level]!.push(node)
    return node
  }
  const link = (from: Node, to: Node) => {
    from.next.push(to)
    to.before.push(from)
  }
  const nodes = items.map(({ level }, index) => add(level, pieces[index]))
  items.forEach(({ after, level }, index) => {
    for (const producer of after) {
      let from = nodes[producer]!
      for (let row = from.level + 1; row < level; row += 1) {
        const shared = from.next.find((next) => !next.piece && !next.toJoin)
        const lane = shared ?? add(row, undefined)
        if (!shared) link(from, lane)
        from = lane
      }
      link(from, nodes[index]!)
    }
  })
  for (const node of nodes) {
    if (node.next.length > 0 || !node.piece?.exits) continue
    let from = node
    for (let row = node.level + 1; row < depth; row += 1) {
      const lane = add(row, undefined, true)
      link(from, lane)
      from = lane
    }
  }
  return untangle(rows)
}

/** Orders each row by the middle of what it hangs on (Sugiyama's barycenters), downwards and upwards by turns. */
function untangle(rows: Node[][]): Node[][] {
  const places = new Map<Node, number>()
  const number = (row: Node[]) => {
    for (const [index, node] of row.entries()) places.set(node, index)
  }
  rows.forEach(number)
  const sort = (row: Node[], neighbours: (node: Node) => readonly Node[]) => {
    const middle = new Map(
      row.map((node) => {
        const near = neighbours(node).map((other) => places.get(other)!)
        return [node, near.length > 0 ? near.reduce((sum, place) => sum + place, 0) / near.length : places.get(node)!]
      }),
    )
    row.sort((a, b) => middle.get(a)! - middle.get(b)! || places.get(a)! - places.get(b)!)
    number(row)
  }
  for (let turn = 0; turn < 4; turn += 1) {
    for (const row of rows.slice(1)) sort(row, (node) => node.before)
    for (const row of rows.slice(0, -1).reverse()) sort(row, (node) => node.next)
  }
  return rows
}

/** Gives every node its x: as near as possible to what it hangs on, without overlap. */
export function placeRows(rows: readonly Node[][]): { width: number } {
  const extent = (node: Node) => node.piece ?? { left: laneWidth / 2, right: laneWidth / 2 }
  const pack = (row: readonly Node[], wanted: (node: Node) => number) => {
    // Where each would be from the first, packed tightly; then the shifts that come nearest to the wishes (isotonic regression).
    let edge = 0
    const offsets = row.map((node) => {
      const offset = edge + extent(node).left
      edge = offset + extent(node).right + nodeGap
      return offset
    })
    const wishes = row.map((node, index) => ({ value: wanted(node) - offsets[index]!, weight: node.piece ? 1 : 3 }))
    const shifts = nonDecreasing(wishes)
    row.forEach((node, index) => {
      node.x = offsets[index]! + shifts[index]!
    })
  }
  const mean = (nodes: readonly Node[], fallback: number) =>
    nodes.length > 0 ? nodes.reduce((sum, node) => sum + node.x, 0) / nodes.length : fallback
  for (const row of rows) pack(row, (node) => mean(node.before, 0))
  for (let turn = 0; turn < 6; turn += 1) {
    for (const row of rows.slice(0, -1).reverse()) {
      const wanted = new Map(row.map((node) => [node, mean(node.next, node.x)]))
      pack(row, (node) => wanted.get(node)!)
    }
    for (const row of rows.slice(1)) {
      const wanted = new Map(row.map((node) => [node, mean(node.before, node.x)]))
      pack(row, (node) => wanted.get(node)!)
    }
  }
  const nodes = rows.flat()
  const start = Math.min(...nodes.map((node) => node.x - extent(node).left))
  for (const node of nodes) node.x -= start
  return { width: Math.max(...nodes.map((node) => node.x + extent(node).right)) }
}

/** The non-decreasing values nearest to those given, by weighted squares (pool adjacent violators). */
function nonDecreasing(wishes: readonly { value: number; weight: number }[]): number[] {
  const pools: { value: number; weight: number; size: number }[] = []
  for (const wish of wishes) {
    let pool = { ...wish, size: 1 }
    for (let last = pools.at(-1); last && last.value > pool.value; last = pools.at(-1)) {
      pools.pop()
      const weight = last.weight + pool.weight
      const value = (last.value * last.weight + pool.value * pool.weight) / weight
      pool = { value, weight, size: last.size + pool.size }
    }
    pools.push(pool)
  }
  return pools.flatMap(({ value, size }) => new Array<number>(size).fill(value))
}
