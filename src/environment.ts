import { inspect } from 'node:util'

/** The variables of a process, or a test's. */
export type Environment = Readonly<Record<string, string | undefined>>

/** One `${env.NAME}` in a text of a file; `offset` and `length` are where it is written. */
export interface EnvReference {
  readonly name: string
  readonly offset: number
  readonly length: number
  readonly value: string
}

const reference = /(?<!\$)((?:\$\$)*)(\$\{env\.([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})/g

/** Whether a text names a variable. `$${env.NAME}` is literal: `$$` is how templates write `$`. */
export function namesVariable(text: string): boolean {
  return text.includes('${env.') && text.search(reference) >= 0
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
    return `env.${this.#references[0]!.name}`
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

/** Why a variable has no value. */
export type Lack = 'not set' | 'set but empty'

/**
 * Looks up what a text names; undefined when it names nothing, or lacks something. As in a shell, the default of
 * `${env.NAME:-default}` also stands in for an empty value, which without a default is as good as none.
 */
export function readVariables(
  written: string,
  env: Environment,
  lacks: (name: string, offset: number, why: Lack) => void,
): EnvText | undefined {
  if (!written.includes('${env.')) return undefined
  let isWhole = true
  const references: EnvReference[] = []
  for (const match of written.matchAll(reference)) {
    const [, dollars = '', text = '', name = '', fallback] = match
    const offset = match.index + dollars.length
    const set = variableOf(env, name)
    const value = set === undefined || set === '' ? fallback : set
    if (value === undefined) {
      isWhole = false
      lacks(name, offset, set === undefined ? 'not set' : 'set but empty')
    } else references.push({ name, offset, length: text.length, value })
  }
  return isWhole && references.length > 0 ? new EnvText(written, references) : undefined
}
