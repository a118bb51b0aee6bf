import { createRequire } from 'node:module'

type Graphql = typeof import('graphql')

let loaded: Graphql | undefined

/** Loaded for the first query of a configuration; no request needs it. */
export function graphql(): Graphql {
  loaded ??= createRequire(import.meta.url)('graphql') as Graphql
  return loaded
}
