import type { Range, Regex } from './syntax.ts'

/**
 * Glushkov's automaton of a regular expression: one state for every character position, entered by reading one of
 * its `sets`. State 0 is the beginning; in a search it stays put on any character.
 */
export interface Automaton {
  readonly sets: readonly (readonly Range[])[]
  readonly follow: readonly ReadonlySet<number>[]
  readonly accepting: ReadonlySet<number>
}

/** Why an automaton was not made. */
export class TooComplex extends Error {}

interface Fragment {
  readonly nullable: boolean
  readonly first: readonly number[]
  readonly last: readonly number[]
}

const maxStates = 300
const nothing: Fragment = { nullable: true, first: [], last: [] }

export function buildAutomaton(regex: Regex, search: boolean): Automaton {
  const sets: (readonly Range[])[] = [[[0, 0x10ffff]]]
  const follow: Set<number>[] = [new Set()]

  const link = (from: readonly number[], to: readonly number[]) => {
    for (const state of from) for (const next of to) follow[state]!.add(next)
  }
  const loop = (body: Fragment) => {
    // A second way around the same loop: (a*)* has exponentially many ways to read the same text.
    if (body.last.some((state) => body.first.some((next) => follow[state]!.has(next))))
      throw new TooComplex('a repetition directly inside a repetition')
    link(body.last, body.first)
  }
  const join = (left: Fragment, right: Fragment): Fragment => {
    link(left.last, right.first)
    return {
      nullable: left.nullable && right.nullable,
      first: left.nullable ? [...left.first, ...right.first] : left.first,
      last: right.nullable ? [...left.last, ...right.last] : right.last,
    }
  }
  const build = (node: Regex): Fragment => {
    switch (node.kind) {
      case 'set': {
        if (sets.length >= maxStates)
          throw new TooComplex(`more than ${maxStates} characters once its counts are written out`)
        sets.push(node.ranges)
        follow.push(new Set())
        const state = sets.length - 1
        return { nullable: false, first: [state], last: [state] }
      }
      case 'sequence':
        return node.items.reduce<Fragment>((built, item) => join(built, build(item)), nothing)
      case 'choice': {
        const items = node.items.map(build)
        return {
          nullable: items.some((item) => item.nullable),
          first: items.flatMap((item) => item.first),
          last: items.flatMap((item) => item.last),
        }
      }
      case 'repeat':
        return repeat(node)
      default:
        return nothing
    }
  }
  const repeat = ({ body, min, max }: Regex & { kind: 'repeat' }): Fragment => {
    let built = nothing
    for (let n = 0; n < min; n++) {
      const before = sets.length
      const copy = build(body)
      if (sets.length === before) return nothing
      if (max === Infinity && n === min - 1) loop(copy)
      built = join(built, copy)
    }
    if (max === Infinity) {
      if (min > 0) return built
      const copy = build(body)
      loop(copy)
      return { ...copy, nullable: true }
    }
    for (let n = min; n < max; n++) {
      const before = sets.length
      const copy = build(body)
      if (sets.length === before) return nothing
      built = join(built, { ...copy, nullable: true })
    }
    return built
  }

  const whole = build(regex)
  link([0], whole.first)
  if (search) follow[0]!.add(0)
  return { sets, follow, accepting: new Set(whole.nullable ? [...whole.last, 0] : whole.last) }
}
