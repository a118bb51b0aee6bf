import { endsRoute, type ParallelShape, type RouteGraph, type Shape, type StepShape } from './model.ts'

/** What a program that lays out graphs by itself needs (mermaid, Graphviz): the shapes as nodes, groups and arrows. */
export interface FlatGraph {
  readonly nodes: readonly FlatNode[]
  readonly arrows: readonly Arrow[]
  readonly groups: readonly Group[]
}

export interface FlatNode {
  /** `n1`, `n2`, … */
  readonly id: string
  readonly kind: 'terminal' | 'call' | 'compute' | 'error' | 'answer' | 'bar' | 'choice' | 'meeting' | 'fallback'
  readonly title: string
  readonly lines: readonly string[]
  /** The group that holds it. */
  readonly group: string | undefined
}

export interface Arrow {
  readonly from: string
  readonly to: string
  readonly label: string
  readonly kind: 'then' | 'failure' | 'fallback'
}

export interface Group {
  readonly id: string
  readonly title: string
  readonly parent: string | undefined
}

/** A place that the flow goes on from, and what to write on the arrow. */
interface Exit {
  readonly from: string
  readonly label: string
}

export function flatten(graph: RouteGraph): FlatGraph {
  const flattener = new Flattener()
  const start = flattener.node('terminal', graph.match)
  let exits: Exit[] = [{ from: start, label: listColors(graph.request.gives) }]
  exits = flattener.shape(graph.body, exits)
  if (graph.response) flattener.arrive(exits, flattener.node('terminal', graph.response.title))
  return flattener
}

class Flattener implements FlatGraph {
  readonly nodes: FlatNode[] = []
  readonly arrows: Arrow[] = []
  readonly groups: Group[] = []
  #group: string | undefined

  node(kind: FlatNode['kind'], title: string, lines: readonly string[] = []): string {
    const id = `n${this.nodes.length + 1}`
    this.nodes.push({ id, kind, title, lines, group: this.#group })
    return id
  }

  arrive(exits: readonly Exit[], to: string, kind: Arrow['kind'] = 'then'): void {
    for (const { from, label } of exits) this.arrows.push({ from, to, label, kind })
  }

  /** Adds a shape behind these exits; gives its own. */
  shape(shape: Shape, entries: readonly Exit[], kind: Arrow['kind'] = 'then'): Exit[] {
    switch (shape.shape) {
      case 'step':
        return this.#step(shape, entries, kind)
      case 'sequence': {
        let exits = [...entries]
        for (const [index, item] of shape.items.entries()) {
          exits = this.shape(item, exits, index === 0 ? kind : 'then')
          if (endsRoute(item)) return []
        }
        return exits
      }
      case 'parallel':
        return shape.isRace
          ? this.#inside('first', () => this.#parallel(shape, entries, kind))
          : this.#parallel(shape, entries, kind)
      case 'choice': {
        const choice = this.node('choice', '')
        this.arrive(entries, choice, kind)
        const exits = shape.arms.flatMap(({ label, body }) => this.shape(body, [{ from: choice, label }]))
        if (shape.passable) exits.push({ from: choice, label: shape.arms.length === 1 ? 'else' : 'otherwise' })
        return exits.length > 1 ? this.#join('meeting', exits) : exits
      }
      case 'attempt':
        return this.#attempt(shape, entries, kind)
      case 'loop': {
        const title = [shape.title, ...shape.lines].join(', ')
        const exits = this.#inside(title, () => {
          const start = this.node('meeting', '')
          this.arrive(entries, start, kind)
          const provided = shape.provides === undefined ? [] : [shape.provides]
          return this.#join('meeting', this.shape(shape.body, [{ from: start, label: listColors(provided) }]))
        })
        return exits.map(({ from }) => ({ from, label: listColors(shape.gives) }))
      }
      case 'flow':
        return this.#flow(shape, entries, kind)
    }
  }

  #step(step: StepShape, entries: readonly Exit[], kind: Arrow['kind']): Exit[] {
    const role = step.ends === 'error' ? 'error' : step.ends === 'answer' ? 'answer' : undefined
    const id = this.node(role ?? (step.calls ? 'call' : 'compute'), step.title, step.lines)
    this.arrive(entries, id, kind)
    const rest = [...step.fallbacks, ...(step.optional ? ['left out'] : [])]
    let failing = id
    for (const fallback of rest) {
      const other = this.node('fallback', fallback)
      this.arrows.push({ from: failing, to: other, label: '', kind: 'fallback' })
      failing = other
    }
    return step.ends ? [] : [{ from: id, label: listColors(step.gives) }]
  }

  /** Of a race, the first lane to arrive goes on. */
  #parallel(shape: ParallelShape, entries: readonly Exit[], kind: Arrow['kind']): Exit[] {
    const fork = this.node('bar', '')
    this.arrive(entries, fork, kind)
    const exits = shape.lanes.flatMap((lane) => this.shape(lane, [{ from: fork, label: '' }]))
    return endsRoute(shape) ? [] : this.#join(shape.isRace ? 'meeting' : 'bar', exits)
  }

  #attempt(shape: Extract<Shape, { shape: 'attempt' }>, entries: readonly Exit[], kind: Arrow['kind']): Exit[] {
    let start = ''
    const exits = this.#inside('try', () => {
      start = this.node('meeting', '')
      this.arrive(entries, start, kind)
      return this.shape(shape.body, [{ from: start, label: '' }])
    })
    for (const { label, body } of shape.handlers) exits.push(...this.shape(body, [{ from: start, label }], 'failure'))
    return exits.length > 1 ? this.#join('meeting', exits) : exits
  }

  #flow(shape: Extract<Shape, { shape: 'flow' }>, entries: readonly Exit[], kind: Arrow['kind']): Exit[] {
    return this.#inside('flow', () => {
      const fork = this.node('bar', '')
      this.arrive(entries, fork, kind)
      const exits: Exit[][] = []
      const order = shape.items.map((item, index) => ({ ...item, index })).sort((a, b) => a.level - b.level)
      for (const { body, after, index } of order) {
        const before = after.length === 0 ? [{ from: fork, label: '' }] : after.flatMap((producer) => exits[producer]!)
        exits[index] = this.shape(body, before)
      }
      const waitedFor = new Set(shape.items.flatMap(({ after }) => after))
      const last = exits.filter((_, index) => !waitedFor.has(index)).flat()
      return endsRoute(shape) ? [] : this.#join('bar', last)
    })
  }

  #join(kind: 'bar' | 'meeting', exits: readonly Exit[]): Exit[] {
    const join = this.node(kind, '')
    this.arrive(exits, join)
    return [{ from: join, label: '' }]
  }

  #inside<Result>(title: string, add: () => Result): Result {
    const parent = this.#group
    const id = `g${this.groups.length + 1}`
    this.groups.push({ id, title, parent })
    this.#group = id
    const result = add()
    this.#group = parent
    return result
  }
}

const listColors = (colors: readonly string[]) => colors.join(', ')
