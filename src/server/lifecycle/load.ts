import { type ConfigLocations, type ReadOptions, readConfig } from '../../config/read.ts'
import { type ConfigTexts, filesOf } from '../../config/texts.ts'
import type { TlsFile } from '../../config/tls-files.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { secretFiles } from '../../environment.ts'
import { buildInSteps } from '../../plan/build.ts'
import { BuildMemory } from '../../plan/memory.ts'
import type { LoadResult } from '../../plan/snapshot.ts'
import type { Work } from '../../plan/work.ts'

/** The configuration as it stands on disk. */
export interface Reading {
  readonly texts: ConfigTexts
  readonly locations: ConfigLocations
}

/**
 * Reads and builds a configuration, over and over: what a file or route had before is kept where it is the same. The
 * two are apart so that nothing is built when nothing has changed.
 */
export interface Loader {
  read(): Promise<Reading>
  build(texts: ConfigTexts): Work<LoadResult>
}

export function createLoader(options: ReadOptions): Loader {
  const memory = new BuildMemory()
  let last: ConfigTexts | undefined
  return {
    async read() {
      const reading = await readConfig(options, last)
      last = reading.texts
      return reading
    },
    build: (texts) => buildInSteps(texts, memory),
  }
}

/** Whether two readings found the same files with the same contents. */
export function isSameReading(a: ConfigTexts, b: ConfigTexts): boolean {
  const files = filesOf(a)
  const others = filesOf(b)
  return (
    files.length === others.length &&
    files.every((file, index) => file.path === others[index]!.path && file.text === others[index]!.text) &&
    statesOf(a) === statesOf(b) &&
    isSameTls(a, b)
  )
}

function statesOf({ unreadable, passedOver, dictionary, extensions = [], env }: ConfigTexts): string {
  const states = extensions.map(({ state }) => state)
  return JSON.stringify([unreadable, passedOver, dictionary.length, states, env[secretFiles]?.lacks])
}

function isSameTls({ tlsFiles: some = [] }: ConfigTexts, { tlsFiles: others = [] }: ConfigTexts): boolean {
  const isSame = (one: TlsFile, other: TlsFile) => one.file === other.file && one.text === other.text
  return some.length === others.length && some.every((file, index) => isSame(file, others[index]!))
}

/** Gives the text of a file by the name that diagnostics call it. */
export function textsByFile(texts: ConfigTexts): (file: string) => string | undefined {
  let all: ReadonlyMap<string, string> | undefined
  return (file) => {
    all ??= new Map(filesOf(texts).map(({ path, text }) => [path, text]))
    return all.get(file)
  }
}

/** The first load found errors, so there is nothing to serve. It carries none of the environment. */
export class ConfigurationError extends Error {
  readonly diagnostics: readonly Diagnostic[]
  readonly #textOf: (file: string) => string | undefined

  constructor(diagnostics: readonly Diagnostic[], texts: ConfigTexts) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    const told = errors.slice(0, mostTold).map(({ code, message, at }) => `${at.file}:${at.line}: ${code}: ${message}`)
    const more = errors.length > told.length ? ['…'] : []
    super(
      [`the configuration has ${errors.length} error${errors.length === 1 ? '' : 's'}`, ...told, ...more].join('\n  '),
    )
    this.name = 'ConfigurationError'
    this.diagnostics = diagnostics
    this.#textOf = textsByFile(texts)
  }

  /** The text of a file that a diagnostic names. */
  textOf(file: string): string | undefined {
    return this.#textOf(file)
  }
}

/** Errors in a message; all of them stand in `diagnostics`. */
const mostTold = 20
