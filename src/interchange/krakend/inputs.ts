import { toSegment } from '../names.ts'
import type { Endpoint } from './config.ts'
import type { MatchPath } from './path.ts'
import type { Workshop } from './workshop.ts'

/** The colors that the endpoint takes from a request. */
export function proposeInputs(endpoint: Endpoint, path: MatchPath, { colors, notes }: Workshop) {
  const parameters = new Map<string, string>()
  for (const name of path.parameters.keys()) {
    const wanted = `param.${toSegment(name)}`
    parameters.set(name, colors.propose(wanted, { type: 'string' }, new Set(parameters.values())))
  }
  const queries = new Map<string, string>()
  for (const name of [...new Set(endpoint.query)].sort()) {
    if (name === '*') continue
    if (!/^[^[\]\s]+$/.test(name) || name.includes('${')) {
      notes.add(`${endpoint.at}.input_query_strings`, `\`${name}\` cannot be named here and is not passed on`)
      continue
    }
    const entry = { description: `Query parameter \`${name}\`, passed on as it came` }
    queries.set(name, colors.propose(`query.${toSegment(name)}`, entry, new Set(queries.values())))
  }
  /** A route's `in`, with those parameters of the query that some backend gets. */
  const list = (used: ReadonlySet<string>): Record<string, string> => ({
    ...Object.fromEntries([...parameters].map(([name, color]) => [color, `path.${path.parameters.get(name)}`])),
    ...Object.fromEntries(
      [...queries].flatMap(([name, color]) => (used.has(name) ? [[`${color}?`, `query.${name}`]] : [])),
    ),
  })
  return { parameters, queries, list }
}
