import { readdir, readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Definition } from '../definition.ts'
import { DiagnosticCollector } from '../diagnostics/collector.ts'
import { type Environment, EnvText, filesNamedIn, secretFiles } from '../environment.ts'
import { parseYamlInSteps } from '../yaml/parse.ts'
import type { Source, SourceText } from '../yaml/source.ts'
import type { ExtensionModule } from './extensions/extension-module.ts'
import { loadExtensions } from './extensions/load-extensions.ts'
import { takeDefinitions } from './extensions/load-module.ts'
import { isConfigName, isPassedOver } from './file-names.ts'
import { SecretDirectory } from './secret-files.ts'
import { reasonOf } from './unreadable.ts'

/** Every text that a snapshot is made of. `buildSnapshot` is a function of this and nothing else. */
export interface ConfigTexts {
  readonly gateway: SourceText
  readonly dictionary: SourceText | undefined
  readonly services: readonly SourceText[]
  readonly routes: readonly SourceText[]
  readonly parts?: readonly SourceText[]
  /** Modules that the gateway's file names, and what was given beside it. */
  readonly extensions?: readonly ExtensionModule[]
  /** Files and directories that could not be read, with why. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[]
  /** Files beside those of routes and services that look like one and are none by their names. */
  readonly passedOver?: readonly string[]
  readonly env: Environment
}

export interface ReadOptions {
  /** `config/gateway.yaml` */
  readonly config: string
  /** In place of the directory that the gateway file names. */
  readonly routes?: string | undefined
  readonly env: Environment
  /** The directory below which `${file:…}` is read, or what is known of it; `/run/secrets` unless given. */
  readonly secrets?: SecretDirectory | string | undefined
  /** File names in diagnostics are shown from here; the working directory by default. */
  readonly base?: string | undefined
  /** Beside those that the gateway's file names. */
  readonly extensions?: readonly Definition[] | undefined
  /** Whether the modules that the gateway's file names are run, which is needed to build a snapshot; true by default. */
  readonly runsExtensions?: boolean | undefined
  /** Texts that stand for those on disk, by absolute paths: somebody is writing them. */
  readonly written?: ReadonlyMap<string, string> | undefined
}

/** How many files are open at a time: there may be more of them than a process may open. */
const maxOpenFiles = 32

/** Where the configuration lives on disk: what a watcher has to look at. */
export interface ConfigLocations {
  readonly gateway: string
  readonly dictionary: string
  readonly services: string
  readonly routes: string
  readonly parts: string
  /** Directories. */
  readonly extensions: readonly string[]
}

/**
 * Reads the gateway's file and all that it names. What cannot be read is listed, not thrown; a dictionary or services
 * that nobody named need not be there. A file that is as it was `before` is the same object.
 */
export async function readConfig(
  options: ReadOptions,
  before?: ConfigTexts,
): Promise<{ texts: ConfigTexts; locations: ConfigLocations }> {
  const base = options.base ?? process.cwd()
  const gatewayPath = resolve(base, options.config)
  const reader = new Reader(base, before ? filesOf(before) : [], options.written)
  const gateway = await reader.read(gatewayPath, true)
  const { locations, isNamed, extensionPaths } = await locate(gateway, gatewayPath, options, base)
  // Without the gateway's file nobody knows where the others are.
  const [dictionary, services, routes, parts] = gateway
    ? await Promise.all([
        reader.read(locations.dictionary, isNamed('dictionary')),
        reader.readAll(locations.services, isNamed('services')),
        reader.readAll(locations.routes, true),
        reader.readAll(locations.parts, isNamed('parts')),
      ])
    : [undefined, [], [], []]
  const { modules, directories } = await loadExtensions(
    extensionPaths,
    dirname(gatewayPath),
    reader,
    before?.extensions ?? [],
    options.runsExtensions !== false,
  )
  const given = options.extensions ? [takeDefinitions(options.extensions)] : []
  const { unreadable, passedOver } = reader
  const main = {
    gateway: gateway ?? { path: reader.show(gatewayPath), text: '' },
    dictionary,
    services,
    routes,
    parts,
  }
  const texts = { ...main, extensions: [...given, ...modules], unreadable, passedOver, env: options.env }
  return {
    texts: { ...texts, env: addFiles(texts, options) },
    locations: { ...locations, extensions: directories },
  }
}

/** Looks at the files of secrets that the texts name. */
function addFiles(texts: ConfigTexts, { env, secrets }: ReadOptions): Environment {
  const paths = filesOf(texts).flatMap(({ text }) => filesNamedIn(text))
  if (paths.length === 0) return env
  const directory = secrets instanceof SecretDirectory ? secrets : new SecretDirectory(secrets)
  return { ...env, [secretFiles]: directory.look(paths) }
}

/** Every file that could be read. */
export function filesOf({
  gateway,
  dictionary,
  services,
  routes,
  parts = [],
  extensions = [],
}: ConfigTexts): SourceText[] {
  return [
    gateway,
    ...(dictionary ? [dictionary] : []),
    ...services,
    ...routes,
    ...parts,
    ...extensions.flatMap(({ file = [] }) => file),
  ]
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads files, and keeps which could not be read. */
class Reader {
  readonly unreadable: { path: string; reason: string }[] = []
  readonly passedOver: string[] = []
  readonly #base: string
  readonly #before: ReadonlyMap<string, SourceText>
  readonly #written: ReadonlyMap<string, string>

  constructor(base: string, before: readonly SourceText[], written: ReadonlyMap<string, string> = new Map()) {
    this.#base = base
    this.#written = written
    this.#before = new Map(before.map((file) => [file.path, file]))
  }

  /** A path as people see it. */
  show(path: string): string {
    const short = relative(this.#base, path)
    return short.startsWith('..') ? path : short
  }

  async read(path: string, isNeeded: boolean): Promise<SourceText | undefined> {
    try {
      const text = this.#written.get(path) ?? utf8.decode(await readFile(path))
      const file = { path: this.show(path), text }
      const before = this.#before.get(file.path)
      return before?.text === file.text ? before : file
    } catch (error) {
      this.note(path, error, isNeeded)
      return undefined
    }
  }

  /** Every YAML file of a directory and those in it, the tests of routes aside. */
  async readAll(directory: string, isNeeded: boolean): Promise<SourceText[]> {
    try {
      const onDisk = await readdir(directory, { recursive: true })
      const names = [...new Set([...onDisk, ...this.#writtenIn(directory)])].sort()
      const files = names.filter(isConfigName)
      for (const name of names.filter(isPassedOver)) this.passedOver.push(this.show(join(directory, name)))
      const texts: (SourceText | undefined)[] = []
      const waiting = files.entries()
      const work = async () => {
        for (const [index, name] of waiting) texts[index] = await this.read(join(directory, name), true)
      }
      await Promise.all(Array.from({ length: maxOpenFiles }, work))
      return texts.filter((text) => text !== undefined)
    } catch (error) {
      this.note(directory, error, isNeeded)
      return []
    }
  }

  /** What is written in a directory, of which some may not be on disk yet. */
  #writtenIn(directory: string): string[] {
    const names = [...this.#written.keys()].map((path) => relative(directory, path))
    return names.filter((name) => !name.startsWith('..') && !isAbsolute(name))
  }

  note(path: string, error: unknown, isNeeded: boolean): void {
    if (!isNeeded && (error as NodeJS.ErrnoException).code === 'ENOENT') return
    this.unreadable.push({ path: this.show(path), reason: reasonOf(error) })
  }
}

/** The gateway's file says where the others are; a broken one leaves the defaults. */
async function locate(gateway: SourceText | undefined, gatewayPath: string, options: ReadOptions, base: string) {
  const home = dirname(gatewayPath)
  const parsed = gateway && (await parseInSteps(gateway, options.env))
  const value = parsed?.value as Record<string, unknown> | null | undefined
  const named = (key: string) => {
    const path = value?.[key]
    return path instanceof EnvText && !path.isLive ? path.text : path
  }
  const isNamed = (key: string) => typeof named(key) === 'string'
  const pick = (key: string, fallback: string) => resolve(home, isNamed(key) ? String(named(key)) : fallback)
  const locations = {
    gateway: gatewayPath,
    dictionary: pick('dictionary', './dictionary.yaml'),
    services: pick('services', './services'),
    parts: pick('parts', '../parts'),
    routes: options.routes === undefined ? pick('routes', '../routes') : resolve(base, options.routes),
  }
  const extensionPaths = [value?.['extensions'] ?? []].flat().flatMap((path) => {
    const text = path instanceof EnvText && !path.isLive ? path.text : path
    return typeof text === 'string' ? text : []
  })
  return { locations, isNamed, extensionPaths }
}

/** A turn of the event loop a step: a gateway that reads its file again has requests to serve. */
async function parseInSteps(file: SourceText, env: Environment): Promise<Source | undefined> {
  const work = parseYamlInSteps(file, env, new DiagnosticCollector())
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
    await setImmediate()
  }
}
