import { createRequire } from 'node:module'

let library: typeof import('json-p3') | undefined

/** json-p3, loaded for the first query that is more than names and indexes. */
export function loadJsonP3(): typeof import('json-p3') {
  library ??= createRequire(import.meta.url)('json-p3') as typeof import('json-p3')
  return library
}
