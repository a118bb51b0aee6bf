import { dirname, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Definition } from '../definition.ts'
import { DiagnosticCollector } from '../diagnostics/collector.ts'
import { type Environment, EnvText, filesNamedIn, secretFiles } from '../environment.ts'
import { findSchemeFiles } from '../identity/auth.ts'
import { parseYamlInSteps } from '../yaml/parse.ts'
import type { Source, SourceText } from '../yaml/source.ts'
import { loadExtensions } from './extensions/load-extensions.ts'
import { takeDefinitions } from './extensions/load-module.ts'
import { FileReader } from './file-reader.ts'
import { type IncludedDirectory, readIncluded } from './include.ts'
import { SecretDirectory } from './secret-files.ts'
import { asBefore, mayNameFiles, readServiceFiles } from './service-files.ts'
import { type ConfigTexts, filesOf, type NamedText } from './texts.ts'
import { readTlsFiles, tlsFilesIn } from './tls-files.ts'

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
  /** Milliseconds since the epoch. */
  readonly epoch?: (() => number) | undefined
  /** Texts that stand for those on disk, by absolute paths: somebody is writing them. */
  readonly written?: ReadonlyMap<string, string> | undefined
}

/** Where the configuration lives on disk: what a watcher has to look at. */
export interface ConfigLocations {
  readonly gateway: string
  /** A file, or a directory of them. */
  readonly dictionary: string
  readonly services: string
  readonly routes: string
  readonly parts: string
  /** Directories. */
  readonly extensions: readonly string[]
  readonly included: readonly IncludedDirectory[]
  /** Files that schemes, services and listeners name. */
  readonly named: readonly string[]
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
  const reader = new FileReader(base, before ? filesOf(before) : [], options.written)
  const gateway = await reader.read(gatewayPath, true)
  const { locations, isNamed, extensionPaths, patterns, value } = await locate(gateway, gatewayPath, options, base)
  // Without the gateway's file nobody knows where the others are.
  const [dictionary, services, routes, parts] = gateway
    ? await Promise.all([
        reader.readEither(locations.dictionary, isNamed('dictionary')),
        reader.readAll(locations.services, isNamed('services')),
        reader.readAll(locations.routes, true),
        reader.readAll(locations.parts, isNamed('parts')),
      ])
    : [[], [], [], []]
  const included = await readIncluded(patterns, gatewayPath, reader)
  const named = schemeFilesIn(value, gatewayPath)
  const ofListeners = tlsFilesIn(value, gatewayPath, told)
  for (const file of included.files) {
    const more = (await parseInSteps(file, options.env))?.value
    named.push(...schemeFilesIn(more, resolve(base, file.path)))
    ofListeners.push(...tlsFilesIn(more, resolve(base, file.path), told))
  }
  const schemeFiles: NamedText[] = []
  for (const { scheme, path } of named) {
    const file = await reader.read(path, true)
    if (file) schemeFiles.push({ ...file, scheme })
  }
  const tlsFiles = await readTlsFiles(ofListeners, reader)
  const serviceFiles = []
  for (const file of services.filter(mayNameFiles)) {
    const { value } = (await parseInSteps(file, options.env)) ?? {}
    serviceFiles.push(...(await readServiceFiles(value, file, resolve(base, file.path), reader)))
  }
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
    included: included.files,
    dictionary,
    services,
    routes,
    parts,
    schemeFiles,
    serviceFiles: serviceFiles.map(({ location: _, ...file }) => asBefore(file, before?.serviceFiles)),
    ...(tlsFiles.length > 0 && { tlsFiles }),
    ...(tlsFiles.length + serviceFiles.length > 0 && { readAtMs: (options.epoch ?? Date.now)() }),
  }
  const texts = { ...main, extensions: [...given, ...modules], unreadable, passedOver, env: options.env }
  return {
    texts: { ...texts, env: addFiles(texts, options) },
    locations: {
      ...locations,
      extensions: directories,
      included: included.directories,
      named: [
        ...named.map(({ path }) => path),
        ...serviceFiles.map(({ location }) => location),
        ...ofListeners.map(({ absolute }) => absolute),
      ],
    },
  }
}

/** Looks at the files of secrets that the texts name. */
function addFiles(texts: ConfigTexts, { env, secrets }: ReadOptions): Environment {
  const paths = filesOf(texts).flatMap(({ text }) => filesNamedIn(text))
  if (paths.length === 0) return env
  const directory = secrets instanceof SecretDirectory ? secrets : new SecretDirectory(secrets)
  return { ...env, [secretFiles]: directory.look(paths) }
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
  const listed = (key: string) => [value?.[key] ?? []].flat().map(told)
  const extensionPaths = listed('extensions').filter((path) => typeof path === 'string')
  return { locations, isNamed, extensionPaths, patterns: listed('include'), value }
}

const told = (path: unknown) => (path instanceof EnvText && !path.isLive ? path.text : path)

/** The files that the schemes of a file name, from where it lies. */
function schemeFilesIn(value: unknown, path: string) {
  const { auth } = (value ?? {}) as { auth?: unknown }
  return findSchemeFiles(auth, told).map(({ scheme, name }) => ({ scheme, path: resolve(dirname(path), name) }))
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
