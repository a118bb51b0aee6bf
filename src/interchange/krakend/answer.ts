import { objectOf, textOf } from '../foreign.ts'
import { printPath, quoteValue } from '../template.ts'
import type { Endpoint } from './config.ts'
import type { Part } from './part.ts'

type Step = Readonly<Record<string, unknown>>

export const completenessHeader = 'x-krakend-completed'

/** How an endpoint ends: the steps behind its calls, and its answer. */
export interface Ending {
  readonly steps: readonly Step[]
  readonly response: Step
}

/** KrakenD answers what it has; when no backend answered, 500 (lura, merging.go and router/gin/endpoint.go). */
export function endRoute(endpoint: Endpoint, parts: readonly Part[], staticColor: () => string): Ending {
  const all = parts.map(({ color }) => `has(${color})`).join(' && ')
  const none = parts.map(({ color }) => `!has(${color})`).join(' && ')
  const fixed = readStatic(endpoint)
  const steps: Step[] = []
  const merged = parts.map(contribute)
  if (fixed?.when === 'always') merged.push(fixed.data)
  else if (fixed) {
    const color = staticColor()
    steps.push({ when: fixed.when === 'complete' ? all : `!(${all})`, assign: { [color]: fixed.data } })
    merged.push(printPath(color.split('.')))
  }
  // Static data make an answer even of nothing.
  const alwaysAnswers = fixed !== undefined && fixed.when !== 'complete'
  if (!alwaysAnswers) {
    steps.push({ when: none, respond: { status: 500, headers: { [completenessHeader]: 'false' } } })
  }
  const isCertain = parts.length === 1 && !alwaysAnswers
  const { cacheSeconds } = endpoint
  const caching = `public, max-age=${cacheSeconds}`
  return {
    steps,
    response: {
      headers: {
        [completenessHeader]: isCertain ? 'true' : `\${ ${all} }`,
        ...(cacheSeconds > 0 && { 'cache-control': isCertain ? caching : `\${ ${all} ? '${caching}' : 'no-store' }` }),
      },
      body: endpoint.outputEncoding === 'json-collection' ? collectionOf(parts, merged) : mergeAll(merged, parts),
    },
  }
}

function contribute({ group, color }: Part): unknown {
  const object = printPath(color.split('.'))
  return group === undefined ? object : { [String(quoteValue(group))]: object }
}

/** Of members with the same name the later one wins. */
function mergeAll(merged: readonly unknown[], parts: readonly Part[]): unknown {
  if (merged.length === 1) return merged[0]
  const groups = parts.map(({ group }) => group)
  const isPlain =
    merged.length === parts.length && !groups.includes(undefined) && new Set(groups).size === groups.length
  return isPlain ? Object.assign({}, ...merged) : { $merge: merged }
}

/** Only the list, which is where a merge leaves the last `collection`. */
function collectionOf(parts: readonly Part[], merged: readonly unknown[]): unknown {
  const fixed = merged.slice(parts.length).flatMap((data) => {
    if (typeof data === 'string') return [`${data}.collection`]
    const list = objectOf(data)['collection']
    return list === undefined ? [] : [list]
  })
  const found = parts.flatMap(({ group, color }) => {
    if (group !== undefined && group !== 'collection') return []
    return [printPath([...color.split('.'), ...(group === undefined ? ['collection'] : [])])]
  })
  return { $default: [...[...found, ...fixed].reverse(), []] }
}

/** `extra_config.proxy.static`: its data as a template, and when they are added. */
function readStatic({ proxy }: Endpoint): { data: unknown; when: 'always' | 'complete' | 'incomplete' } | undefined {
  const { data, strategy } = objectOf(proxy['static'])
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined
  const strategies: Record<string, 'always' | 'complete' | 'incomplete'> = {
    success: 'complete',
    complete: 'complete',
    errored: 'incomplete',
    incomplete: 'incomplete',
  }
  return { data: quoteValue(data), when: strategies[textOf(strategy) ?? ''] ?? 'always' }
}
