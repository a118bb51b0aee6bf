import { type ForeignObject, isUnsafeKey, objectOf, textOf, textsOf } from '../foreign.ts'
import { printPath, quoteText } from '../template.ts'
import { allowTree, denyTree, shapeAllow, shapeDeny } from './filters.ts'

/** What one backend contributes to an endpoint's answer. */
export interface Part {
  /** Id of its step. */
  readonly id: string
  /** The color that holds its object once it has answered and is shaped; absent when it failed. */
  readonly color: string
  readonly group: string | undefined
  /** Where `{resp0_a.b}` finds its value; undefined when that lies outside of the group. */
  locate(source: readonly string[]): readonly string[] | undefined
}

export function createPart(id: string, color: string, backend: ForeignObject): Part {
  const group = textOf(backend['group'])
  return {
    id,
    color,
    group,
    locate(source) {
      const inside = group === undefined ? source : source[0] === group ? source.slice(1) : []
      return inside.length === 0 ? undefined : [...color.split('.'), ...inside]
    },
  }
}

type Step = Readonly<Record<string, unknown>>

/**
 * The steps that turn a backend's answer into its part, in KrakenD's order: collection, target, allow or deny, mapping
 * (lura, proxy/formatter.go). They fail where KrakenD cannot decode the answer: no object, or no list for a collection.
 */
export function shapeAnswer({ id, color }: Part, backend: ForeignObject, listColor: () => string): Step[] {
  const body = ['steps', id, 'body']
  if (backend['is_collection'] === true) return shapeCollection(body, color, listColor(), backend)
  const target = textOf(backend['target'])?.split('.') ?? []
  const own = color.split('.')
  const source = [...body, ...target]
  const steps: Step[] = []
  if (target.length > 0) {
    steps.push(
      { assign: { [color]: asObject(body) } },
      {
        when: `has(${color})`,
        try: [{ assign: { [color]: { $default: [asObject([...own, ...target]), {}] } } }],
        catch: [{ errors: ['all'], do: [{ assign: { [color]: {} } }] }],
      },
    )
  }
  const filtered = target.length > 0 ? own : body
  const allow = textsOf(backend['allow'])
  const deny = textsOf(backend['deny'])
  if (allow.length > 0) steps.push(...shapeAllow(allowTree(allow), color, filtered, source))
  else if (deny.length > 0 || target.length === 0) steps.push(...shapeDeny(denyTree(deny), color, filtered, source))
  return [...steps, ...shapeMapping(backend, color)]
}

/** The object at a place: nothing where there is nothing, a failure for anything else. */
function asObject(path: readonly string[]): unknown {
  return { $omit: [], $from: printPath(path) }
}

/** Renames; both names are of the first level, whatever dots they have. */
function shapeMapping(backend: ForeignObject, color: string): Step[] {
  const renames = readMapping(backend)
  if (renames.length === 0) return []
  const own = color.split('.')
  const isDistinct = new Set(renames.map(([, to]) => to)).size === renames.length
  const member = ([from, to]: readonly [string, string]) => [quoteText(to), printPath([...own, from])] as const
  const added = isDistinct
    ? [Object.fromEntries(renames.map(member))]
    : renames.map((rename) => Object.fromEntries([member(rename)]))
  const kept = { $omit: renames.map(([from]) => quoteText(from)), $from: printPath(own) }
  return [{ when: `has(${color})`, assign: { [color]: { $merge: [kept, ...added] } } }]
}

function readMapping(backend: ForeignObject): [from: string, to: string][] {
  return Object.entries(objectOf(backend['mapping'])).flatMap(([from, to]) => {
    const name = textOf(to)?.split('.')[0]
    return name === undefined || isUnsafeKey(name) || isUnsafeKey(from) ? [] : [[from, name]]
  })
}

/** A list is the member `collection` of an object, the only one, so that filters and renames are known beforehand. */
function shapeCollection(body: readonly string[], color: string, list: string, backend: ForeignObject): Step[] {
  const name = nameOfCollection(backend)
  return [
    { assign: { [list]: { $each: printPath(body), $map: '$.item' } } },
    {
      when: `has(${list})`,
      assign: { [color]: name === undefined ? {} : { [quoteText(name)]: printPath(list.split('.')) } },
    },
  ]
}

/** Undefined when a filter or a target leaves nothing of it. */
function nameOfCollection(backend: ForeignObject): string | undefined {
  const name = 'collection'
  const allow = textsOf(backend['allow'])
  if (textOf(backend['target']) !== undefined) return undefined
  if (
    allow.length > 0 ? allowTree(allow).get(name) !== 'leaf' : denyTree(textsOf(backend['deny'])).get(name) === 'leaf'
  )
    return undefined
  return readMapping(backend).find(([from]) => from === name)?.[1] ?? name
}
