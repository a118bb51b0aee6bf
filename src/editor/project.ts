import { basename, dirname, isAbsolute, relative, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { isConfigName, isTestName } from '../config/file-names.ts'
import { type ConfigLocations, readConfig } from '../config/read.ts'
import { type ConfigTexts, filesOf } from '../config/texts.ts'
import { fileKinds, jsonSchemaOf, type Schema } from '../describe/json-schema.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { type Environment, filesNamedIn } from '../environment.ts'
import type { BoundRoute } from '../plan/bound-route.ts'
import { buildInSteps } from '../plan/build.ts'
import type { Catalogue } from '../plan/catalogue.ts'
import { BuildMemory } from '../plan/memory.ts'
import type { Dictionary, World } from '../plan/world.ts'
import { SchemaView } from './schema-view.ts'

/** A kind of file, as its schema is called. */
export type EditedKind = 'gateway' | 'dictionary' | 'service' | 'route' | 'part' | 'test'

/** The other files, checked. */
export interface WholeWorld extends World {
  readonly dictionary: Dictionary
  readonly catalogue: Catalogue
}

export interface ProjectOptions {
  /** The gateway's file, an absolute path. */
  readonly config: string
  readonly runsExtensions: boolean
  /** What files may name, as `check` takes it. */
  readonly env: Environment
  readonly secrets?: string | undefined
  /** The schema of the tests of routes, which a room beside this one defines. */
  readonly testSchema: Schema
}

const sliceMs = 8

/** One configuration while somebody writes it: its texts, what is wrong with them, and what was last known of it. */
export class Project {
  readonly #options: ProjectOptions
  /** File names in diagnostics are shown from here: where `check` is run. */
  readonly base: string
  readonly #memory = new BuildMemory()
  #read: { texts: ConfigTexts; locations: ConfigLocations } | undefined
  #world: WholeWorld | undefined
  #isFaultless = false
  #bound = new Map<string, BoundRoute>()
  #schemas: { of: World; views: Map<EditedKind, SchemaView> } | undefined

  constructor(options: ProjectOptions) {
    const { config } = options
    this.#options = options
    const home = dirname(config)
    this.base = basename(home) === 'config' ? dirname(home) : home
  }

  /** Reads every file again, from disk where nobody is writing it. */
  async read(written: ReadonlyMap<string, string>): Promise<void> {
    const { config, env, secrets, runsExtensions } = this.#options
    const options = { config, base: this.base, env, secrets, runsExtensions, written }
    this.#read = await readConfig(options, this.#read?.texts)
  }

  /** Takes over what somebody wrote; false for a file that is not known, or that says which others are read. */
  write(path: string, text: string): boolean {
    if (!this.#read || path === this.#options.config) return false
    const { texts } = this.#read
    const name = this.nameOf(path)
    if (filesNamedIn(text).join('\n') !== filesNamedIn(this.textOf(name) ?? '').join('\n')) return false
    let isKnown = false
    const put = <File extends { readonly path: string; readonly text: string }>(file: File): File => {
      if (file.path !== name) return file
      isKnown = true
      return file.text === text ? file : { ...file, text }
    }
    const { included = [], dictionary, services, routes, parts = [] } = texts
    const changed = {
      ...texts,
      included: included.map(put),
      dictionary: dictionary.map(put),
      services: services.map(put),
      routes: routes.map(put),
      parts: parts.map(put),
    }
    if (isKnown) this.#read = { ...this.#read, texts: changed }
    return isKnown
  }

  /**
   * All that is wrong with it; what did not change is not built again. Undefined when it `isStale` before it is known:
   * between two steps of the work others are served.
   */
  async check(isStale: () => boolean): Promise<readonly Diagnostic[] | undefined> {
    if (!this.#read) return []
    const { texts } = this.#read
    const work = buildInSteps(texts, this.#memory)
    for (let end = performance.now() + sliceMs; ; ) {
      const step = work.next()
      if (step.done) {
        this.#isFaultless = step.value.snapshot !== undefined
        this.#remember(texts)
        return step.value.diagnostics
      }
      if (performance.now() < end) continue
      await setImmediate()
      if (isStale()) return undefined
      end = performance.now() + sliceMs
    }
  }

  /** What can be read is known from now on; of what cannot, what was known before is. */
  #remember(texts: ConfigTexts): void {
    const { world } = this.#memory
    if (world?.dictionary && world.catalogue) this.#world = world as WholeWorld
    const bound = new Map<string, BoundRoute>()
    for (const file of texts.routes) {
      const route = this.#memory.unitOf(file)?.bound ?? this.#bound.get(file.path)
      if (route) bound.set(file.path, route)
    }
    this.#bound = bound
  }

  /** Undefined until the dictionary and the services could be read once. */
  get world(): WholeWorld | undefined {
    return this.#world
  }

  /** Whether it would run as it was last checked. */
  get isFaultless(): boolean {
    return this.#isFaultless
  }

  get texts(): ConfigTexts | undefined {
    return this.#read?.texts
  }

  /** Every aggregated route, with all that it names resolved. */
  get routes(): readonly BoundRoute[] {
    return [...this.#bound.values()]
  }

  /** The absolute path of a file by the name that diagnostics use. */
  pathOf(name: string): string {
    return resolve(this.base, name)
  }

  /** The text of a file by the name that diagnostics use. */
  textOf(name: string): string | undefined {
    return this.texts && filesOf(this.texts).find(({ path }) => path === name)?.text
  }

  /** The name that diagnostics use for a file. */
  nameOf(path: string): string {
    const short = relative(this.base, path)
    return short.startsWith('..') ? path : short
  }

  /** What a file is to it; undefined for one that is none of its. */
  kindOf(path: string): EditedKind | undefined {
    if (!this.#read) return undefined
    const { gateway, dictionary, services, routes, parts } = this.#read.locations
    const { included = [] } = this.#read.texts
    if (path === gateway || included.some((file) => file.path === this.nameOf(path))) return 'gateway'
    if (path === dictionary || isConfigName(nameBelow(dictionary, path))) return 'dictionary'
    if (isConfigName(nameBelow(services, path))) return 'service'
    if (isConfigName(nameBelow(parts, path))) return 'part'
    const name = nameBelow(routes, path)
    if (isTestName(name)) return 'test'
    return isConfigName(name) ? 'route' : undefined
  }

  /** The schema of a kind of file, with what the project's extensions add. */
  schemaOf(kind: EditedKind): SchemaView {
    const world = this.#memory.world
    if (!this.#schemas || this.#schemas.of.registry !== world?.registry) {
      const kinds = fileKinds.map((one) => [one, new SchemaView(jsonSchemaOf(one, world?.registry))] as const)
      const views = new Map<EditedKind, SchemaView>([...kinds, ['test', new SchemaView(this.#options.testSchema)]])
      this.#schemas = { of: world!, views }
    }
    return this.#schemas.views.get(kind)!
  }
}

/** The name of a file below a directory; empty for one that lies elsewhere. */
function nameBelow(directory: string, path: string): string {
  const name = relative(directory, path)
  return isAbsolute(name) || name.startsWith('..') ? '' : name
}
