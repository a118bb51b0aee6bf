import type { Read } from '../language/reference.ts'
import { type BoundRoute, everyStep, producedColors } from './bound-route.ts'

/** Where the values of some colors are in a route: everything that may hold one, each with the color it came from. */
export interface TracedValues {
  readonly colors: ReadonlyMap<string, string>
  /** Calls whose response holds one. */
  readonly calls: ReadonlyMap<string, string>
  /** `header.x-token` … of the request. */
  readonly requestParts: ReadonlyMap<string, string>
  /** What `item` may hold, of whichever forEach. */
  readonly items: ReadonlySet<string>
}

/** Follows the values of colors through a route: what is assigned from them, recorded of calls, brought by the request. */
export function traceValues(route: BoundRoute, isTraced: (color: string) => boolean): TracedValues {
  const colors = new Map<string, string>()
  const calls = new Map<string, string>()
  const requestParts = new Map<string, string>()
  const items = new Set<string>()
  const traced = { colors, calls, requestParts, items }
  const findBehind = (reads: readonly Read[]) =>
    reads.map((read) => tracedBehind(read, traced)).find((found) => found !== undefined)
  const noteColor = (color: string, from: string | undefined) => {
    if (from !== undefined && !colors.has(color)) colors.set(color, from)
  }
  for (const name of producedColors(route)) if (isTraced(name)) colors.set(name, name)
  for (const { color, locator } of route.inputs) {
    const from = colors.get(color)
    if (from && 'name' in locator) requestParts.set(`${locator.in}.${locator.name}`, from)
  }
  // Until nothing new is found: a value may pass through several colors.
  for (let size = -1; size !== colors.size + calls.size + items.size; ) {
    size = colors.size + calls.size + items.size
    for (const step of everyStep(route.body)) {
      const list = step.composition === 'each' ? findBehind(step.reads ?? []) : undefined
      if (list !== undefined) items.add(list)
      for (const { color, reads } of step.derives ?? []) noteColor(color, findBehind(reads))
      if (!step.call) continue
      const { outputs } = step.call.operation
      for (const { kind, reads, writes } of step.call.fallbacks) {
        // What another operation is sent is not what it answers.
        if (kind !== 'invoke') for (const { color } of writes ?? outputs) noteColor(color, findBehind(reads))
      }
      const given = outputs.find((output) => colors.has(output.color))
      if (given) calls.set(step.name, colors.get(given.color)!)
    }
  }
  return traced
}

/** The color whose value a read may get; undefined when it gets none of those traced. */
export function tracedBehind({ reference, asked }: Read, traced: TracedValues): string | undefined {
  if (asked) return undefined
  switch (reference.kind) {
    case 'color':
      return traced.colors.get(reference.color)
    case 'colors':
      return reference.colors.map((color) => traced.colors.get(color)).find((from) => from !== undefined)
    case 'step': {
      if (reference.id === undefined) return [...traced.calls.values()][0]
      const part = reference.rest[0]
      return part === undefined || part === 'body' || part === 'headers' ? traced.calls.get(reference.id) : undefined
    }
    case 'request':
      return tracedInRequest(reference.rest, traced.requestParts)
    case 'local':
      return reference.name === 'item' ? [...traced.items][0] : undefined
    case 'everything':
      return [...traced.colors.values()][0]
    default:
      return undefined
  }
}

const partNames: Record<string, string> = { headers: 'header', query: 'query', cookies: 'cookie', params: 'path' }

function tracedInRequest(
  [part, name]: readonly (string | number)[],
  traced: ReadonlyMap<string, string>,
): string | undefined {
  if (part === undefined) return [...traced.values()][0]
  const kind = partNames[part]
  if (kind === undefined) return undefined
  if (name !== undefined) return traced.get(`${kind}.${name}`)
  return [...traced].find(([place]) => place.startsWith(`${kind}.`))?.[1]
}
