import { inspect } from 'node:util'

/** The variables of a process, or a test's; and the files that texts may name beside them. */
export type Environment = Readonly<Record<string, string | undefined>> & { readonly [secretFiles]?: SecretFiles }

/** Where an environment has its files: no variable is called so. */
export const secretFiles: unique symbol = Symbol('secret files')

/** The files of secrets as they were found when the configuration was read. */
export interface SecretFiles {
  find(path: string): FoundFile
  /** Of every file that is named. */
  readonly lacks: readonly (readonly [path: string, lack: string | undefined])[]
  /** Whether each can be read now. */
  states(): Iterable<readonly [path: string, isUp: boolean]>
}

export interface FoundFile {
  /** Undefined where it may not be read. */
  readonly file: SecretFile | undefined
  /** Why it had no text; undefined where it had. */
  readonly lack: string | undefined
}

/** A file whose text is a secret and may change at any time. */
export interface SecretFile {
  /** What stands in it now, else what stood in it last; undefined while nothing ever did. */
  read(): string | undefined
}

/** One `${env.NAME}` or `${file:PATH}` in a text of a file; `offset` and `length` are where it is written. */
export interface EnvReference {
  /** `NAME`, or `PATH`. */
  readonly name: string
  readonly offset: number
  readonly length: number
  /** Of a file it is another one as the file changes. */
  readonly value: string
  readonly isFile: boolean
}

const named =
  /(?<!\$)((?:\$\$)*)(\$\{(?:env\.(?<name>[A-Za-z_][A-Za-z0-9_]*)|file:(?<path>[^{}]+?))(?::-(?<fallback>[^}]*))?\})/g

/** Whether a text may name something; one that has this costs a closer look. */
export function mayName(text: string): boolean {
  return text.includes('${env.') || text.includes('${file:')
}

/** Whether a text names a variable or a file. `$${env.NAME}` is literal: `$$` is how templates write `$`. */
export function namesVariable(text: string): boolean {
  return mayName(text) && text.search(named) >= 0
}

/** The files that a text names. */
export function filesNamedIn(text: string): string[] {
  if (!text.includes('${file:')) return []
  return [...text.matchAll(named)].flatMap(({ groups }) => groups?.['path'] ?? [])
}

/** The variables whose names fit one of the patterns, in which `*` is any text; those of all others are not set. */
export function limitEnvironment(env: Environment, patterns: readonly string[]): Environment {
  const texts = patterns.map((pattern) => pattern.replaceAll(/[^*\w]/g, '\\$&').replaceAll('*', '.*'))
  const allowed = new RegExp(`^(?:${texts.join('|')})$`)
  return Object.fromEntries(Object.entries(env).filter(([name]) => allowed.test(name)))
}

/** The value of a variable; undefined when it is not set. */
export function variableOf(env: Environment, name: string): string | undefined {
  const value = env[name]
  // What every object inherits is no variable.
  return typeof value === 'string' ? value : undefined
}

/**
 * A text of a file that names variables of the environment. It is neither text nor anything else until its place says
 * what it is (`binding/variables.ts`), so nothing takes its value for a template, a path or YAML; and whoever prints
 * it prints what is written in the file.
 */
export class EnvText {
  // Not a member that could be listed, copied or taken out.
  readonly #written: string
  readonly #references: readonly EnvReference[]

  constructor(written: string, references: readonly EnvReference[]) {
    this.#written = written
    this.#references = references
  }

  /** As it stands in the file. */
  get written(): string {
    return this.#written
  }

  get references(): readonly EnvReference[] {
    return this.#references
  }

  /** With the values in their places. */
  get text(): string {
    return this.fill((value) => value)
  }

  /** With what `write` makes of each value in its place. */
  fill(write: (value: string) => string): string {
    let text = ''
    let end = 0
    for (const { offset, length, value } of this.#references) {
      text += this.written.slice(end, offset) + write(value)
      end = offset + length
    }
    return text + this.written.slice(end)
  }

  /** The first variable as the file names it, `env.NAME`: for messages. */
  get name(): string {
    const { name, isFile } = this.#references[0]!
    return isFile ? `file:${name}` : `env.${name}`
  }

  /** Whether it is another one as a file changes, so that nothing may be made of it once and for all. */
  get isLive(): boolean {
    return this.#references.some(({ isFile }) => isFile)
  }

  toString(): string {
    return this.written
  }

  toJSON(): string {
    return this.written
  }

  [inspect.custom](): string {
    return this.written
  }
}

/** What is read again and again: a text, or one that names files. */
export type LiveText = string | EnvText

/** What it is now. */
export function textNow(text: LiveText): string
export function textNow(text: LiveText | undefined): string | undefined
export function textNow(text: LiveText | undefined): string | undefined {
  return text instanceof EnvText ? text.text : text
}

/** What a text names and has no value for. */
export interface Lack {
  /** As it is written, without a default: `env.NAME`. */
  readonly name: string
  readonly offset: number
  readonly why: string
}

/**
 * Looks up what a text names; undefined when it names nothing, or lacks something. As in a shell, the default of
 * `${env.NAME:-default}` also stands in for an empty value, which without a default is as good as none.
 */
export function readVariables(written: string, env: Environment, lacks: (lack: Lack) => void): EnvText | undefined {
  if (!mayName(written)) return undefined
  let isWhole = true
  const references: EnvReference[] = []
  for (const match of written.matchAll(named)) {
    const [, dollars = '', text = ''] = match
    const { name, path, fallback } = match.groups!
    const place = { offset: match.index + dollars.length, length: text.length }
    const found = path === undefined ? readVariable(name!, fallback, env) : readFile(path, fallback, env[secretFiles])
    if (typeof found !== 'string') references.push(Object.assign(found, place))
    else {
      isWhole = false
      lacks({ name: path === undefined ? `env.${name}` : `file:${path}`, offset: place.offset, why: found })
    }
  }
  return isWhole && references.length > 0 ? new EnvText(written, references) : undefined
}

type Found = Pick<EnvReference, 'name' | 'isFile' | 'value'>

function readVariable(name: string, fallback: string | undefined, env: Environment): Found | string {
  const set = variableOf(env, name)
  const value = set === undefined || set === '' ? fallback : set
  return value === undefined ? (set === undefined ? 'not set' : 'set but empty') : { name, value, isFile: false }
}

const nothing: SecretFile = { read: () => undefined }

function readFile(name: string, fallback: string | undefined, files: SecretFiles | undefined): Found | string {
  const { file, lack } = files?.find(name) ?? { file: nothing, lack: 'no files are read here' }
  if (!file || (lack !== undefined && fallback === undefined)) return lack ?? ''
  return {
    name,
    isFile: true,
    get value() {
      return file.read() ?? fallback ?? ''
    },
  }
}
