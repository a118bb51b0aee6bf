import { createHash } from 'node:crypto'
import { type ConfigLocations, type ConfigTexts, type ReadOptions, readConfig } from '../config/read.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { buildSnapshot } from '../plan/build.ts'
import type { LoadResult } from '../plan/snapshot.ts'

/** The configuration as it stands on disk. */
export interface Reading {
  readonly texts: ConfigTexts
  readonly locations: ConfigLocations
  /** Equal for equal contents. */
  readonly fingerprint: string
}

/** Reads and builds a configuration; the steps are apart so that what has not changed is not built again. */
export interface Loader {
  read(): Promise<Reading>
  build(texts: ConfigTexts): LoadResult
}

export function createLoader(options: ReadOptions): Loader {
  return {
    async read() {
      const { texts, locations } = await readConfig(options)
      return { texts, locations, fingerprint: fingerprintOf(texts) }
    },
    build: buildSnapshot,
  }
}

function fingerprintOf({ gateway, dictionary, services, routes, unreadable }: ConfigTexts): string {
  const hash = createHash('sha256')
  for (const file of [gateway, dictionary, ...services, ...routes]) {
    hash.update(JSON.stringify([file?.path, file?.text]))
  }
  return hash.update(JSON.stringify(unreadable)).digest('hex')
}

/** Gives the text of a file by the name that diagnostics call it. */
export function textsByFile({
  gateway,
  dictionary,
  services,
  routes,
}: ConfigTexts): (file: string) => string | undefined {
  const all = new Map(
    [gateway, ...(dictionary ? [dictionary] : []), ...services, ...routes].map((f) => [f.path, f.text]),
  )
  return (file) => all.get(file)
}

/** The first load found errors, so there is nothing to serve. */
export class ConfigurationError extends Error {
  readonly diagnostics: readonly Diagnostic[]
  readonly texts: ConfigTexts

  constructor(diagnostics: readonly Diagnostic[], texts: ConfigTexts) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length
    super(`the configuration has ${errors} error${errors === 1 ? '' : 's'}`)
    this.name = 'ConfigurationError'
    this.diagnostics = diagnostics
    this.texts = texts
  }

  textOf(file: string): string | undefined {
    return textsByFile(this.texts)(file)
  }
}
