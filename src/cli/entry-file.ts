import { readFile, rename, writeFile } from 'node:fs/promises'
import { InvalidArgumentError } from 'commander'

/** A file of somebody whom the gateway knows, by whom commands change it: a list of entries under one key. */
export interface EntryKind<Entry> {
  /** The key of the list. */
  readonly list: string
  /** Throws an error that says what is wrong. */
  read(value: unknown): readonly Entry[]
  /** What tells entries apart. */
  nameOf(entry: Entry): string
}

/** A file of entries, as it was read. What a person wrote beside them stays. */
export class EntryFile<Entry> {
  readonly entries: readonly Entry[]
  readonly #path: string
  readonly #text: string
  readonly #kind: EntryKind<Entry>
  readonly #linesOf: (index: number) => readonly [first: number, last: number]

  private constructor(path: string, text: string, kind: EntryKind<Entry>, parsed: Parsed<Entry>) {
    this.#path = path
    this.#text = text
    this.#kind = kind
    this.entries = parsed.entries
    this.#linesOf = parsed.linesOf
  }

  /** One that is not there has no entries. */
  static async open<Entry>(path: string, kind: EntryKind<Entry>): Promise<EntryFile<Entry>> {
    const text = await readFile(path, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return ''
      throw thrown
    })
    return new EntryFile(path, text, kind, await parse(path, text, kind))
  }

  async add(entry: object, name: string): Promise<void> {
    const begun = this.entries.length > 0 ? this.#text.replace(/\n?$/, '\n') : `${this.#kind.list}:\n`
    await this.#replace(`${begun}  - ${JSON.stringify(entry)}\n`, [...this.entries.map(this.#kind.nameOf), name])
  }

  /** False where there is none of that name. */
  async remove(name: string): Promise<boolean> {
    const names = this.entries.map(this.#kind.nameOf)
    const at = names.indexOf(name)
    if (at < 0) return false
    const [first, last] = this.#linesOf(at)
    const lines = this.#text.split('\n')
    const left =
      names.length > 1 ? [...lines.slice(0, first - 1), ...lines.slice(last)].join('\n') : `${this.#kind.list}: []\n`
    await this.#replace(
      left,
      names.filter((other) => other !== name),
    )
    return true
  }

  /** Writes the file whole or not at all, and only where it then has these entries and no others. */
  async #replace(text: string, names: readonly string[]): Promise<void> {
    const { entries } = await parse(this.#path, text, this.#kind).catch(() => ({ entries: undefined }))
    if (entries?.map(this.#kind.nameOf).join('\n') !== names.join('\n'))
      throw new EntryFileFault(
        `${this.#path} was not changed: write its ${this.#kind.list} as a list, one a line, each of them once`,
      )
    await writeFile(`${this.#path}.new`, text, { mode: 0o600 })
    await rename(`${this.#path}.new`, this.#path)
  }
}

interface Parsed<Entry> {
  readonly entries: readonly Entry[]
  readonly linesOf: (index: number) => readonly [first: number, last: number]
}

async function parse<Entry>(path: string, text: string, kind: EntryKind<Entry>): Promise<Parsed<Entry>> {
  const [{ parseYaml }, { DiagnosticCollector }] = await Promise.all([
    import('../yaml/parse.ts'),
    import('../diagnostics/collector.ts'),
  ])
  if (text.trim() === '') return { entries: [], linesOf: () => [1, 1] }
  const diagnostics = new DiagnosticCollector()
  const source = parseYaml({ path, text }, {}, diagnostics)
  const [fault] = diagnostics.sorted()
  if (!source || fault) throw new EntryFileFault(`${path}: ${fault?.message ?? 'it cannot be read'}`)
  try {
    return {
      entries: kind.read(source.value),
      linesOf(index) {
        const { line, endLine, endColumn } = source.locate([kind.list, index])
        return [line, endColumn === 1 ? endLine - 1 : endLine]
      },
    }
  } catch (thrown) {
    throw new EntryFileFault(`${path}: ${(thrown as Error).message}`)
  }
}

/** A file of entries that cannot be read or written; a person mends it. */
class EntryFileFault extends Error {
  constructor(message: string) {
    super(message)
    this.stack = message
  }
}

/** For an option that may come more than once. */
export const gather = (text: string, before: readonly string[] = []) => [...before, text]

/** `name=value`, more than once. */
export function gatherClaim(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name === undefined) throw new InvalidArgumentError('It is written name=value.')
  return { ...before, [name]: value! }
}
