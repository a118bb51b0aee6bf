import { createRequire } from 'node:module'

let library: typeof import('yaml') | undefined

/** The YAML library, loaded for the first file that is not simple, or the first place that is asked for. */
export function loadYaml(): typeof import('yaml') {
  library ??= createRequire(import.meta.url)('yaml') as typeof import('yaml')
  return library
}
