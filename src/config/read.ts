import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Environment } from '../yaml/env.ts'
import { parseYaml } from '../yaml/parse.ts'
import type { SourceText } from '../yaml/source.ts'

/** Every text that a snapshot is made of. `buildSnapshot` is a function of this and nothing else. */
export interface ConfigTexts {
  readonly gateway: SourceText
  readonly dictionary: SourceText | undefined
  readonly services: readonly SourceText[]
  readonly routes: readonly SourceText[]
  /** Files and directories that could not be read, with why. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[]
  readonly env: Environment
}

export interface ReadOptions {
  /** `config/gateway.yaml` */
  readonly config: string
  /** In place of the directory that the gateway file names. */
  readonly routes?: string | undefined
  readonly env: Environment
  /** File names in diagnostics are shown from here; the working directory by default. */
  readonly base?: string | undefined
}

/** Where the configuration lives on disk: what a watcher has to look at. */
export interface ConfigLocations {
  readonly gateway: string
  readonly dictionary: string
  readonly services: string
  readonly routes: string
}

/** Reads the gateway's file and all that it names. What cannot be read is listed, not thrown. */
export async function readConfig(options: ReadOptions): Promise<{ texts: ConfigTexts; locations: ConfigLocations }> {
  const base = options.base ?? process.cwd()
  const unreadable: { path: string; reason: string }[] = []
  const show = (path: string) => {
    const short = relative(base, path)
    return short.startsWith('..') ? path : short
  }
  const read = async (path: string): Promise<SourceText | undefined> => {
    try {
      return { path: show(path), text: (await readFile(path, 'utf8')).replace(/^\uFEFF/, '') }
    } catch (error) {
      unreadable.push({ path: show(path), reason: reasonOf(error) })
      return undefined
    }
  }
  const readAll = async (directory: string, recursive: boolean): Promise<SourceText[]> => {
    try {
      const names = await readdir(directory, { recursive })
      const files = names
        .filter((name) => /\.ya?ml$/.test(name) && !/\.test\.ya?ml$/.test(name) && !isHidden(name))
        .sort()
      return (await Promise.all(files.map((name) => read(join(directory, name))))).filter((file) => file !== undefined)
    } catch (error) {
      unreadable.push({ path: show(directory), reason: reasonOf(error) })
      return []
    }
  }

  const gatewayPath = resolve(base, options.config)
  const gateway = (await read(gatewayPath)) ?? { path: show(gatewayPath), text: '' }
  const locations = locate(gateway, gatewayPath, options, base)
  const [dictionary, services, routes] = await Promise.all([
    read(locations.dictionary),
    readAll(locations.services, false),
    readAll(locations.routes, true),
  ])
  return { texts: { gateway, dictionary, services, routes, unreadable, env: options.env }, locations }
}

/** The gateway's file says where the others are; a broken one leaves the defaults. */
function locate(gateway: SourceText, gatewayPath: string, options: ReadOptions, base: string): ConfigLocations {
  const home = dirname(gatewayPath)
  const value = parseYaml(gateway, options.env, new DiagnosticCollector())?.value as
    | Record<string, unknown>
    | null
    | undefined
  const pick = (key: string, fallback: string) => {
    const named = value?.[key]
    return resolve(home, typeof named === 'string' ? named : fallback)
  }
  return {
    gateway: gatewayPath,
    dictionary: pick('dictionary', './dictionary.yaml'),
    services: pick('services', './services'),
    routes: options.routes === undefined ? pick('routes', '../routes') : resolve(base, options.routes),
  }
}

/** A ConfigMap mount keeps its versions in `..2026_…` beside the links to them. */
function isHidden(name: string): boolean {
  return name.split('/').some((part) => part.startsWith('.'))
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT'
    ? 'it does not exist'
    : code === 'EACCES'
      ? 'permission denied'
      : String((error as Error).message)
}
