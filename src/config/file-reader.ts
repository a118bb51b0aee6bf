import { readdir, readFile, stat } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'
import type { SourceText } from '../yaml/source.ts'
import { isConfigName, isPassedOver } from './file-names.ts'
import { reasonOf } from './unreadable.ts'

/** What could not be read, with why. */
export interface Unreadable {
  readonly path: string
  readonly reason: string
  /** Which of what the gateway's file includes it is; undefined for what is looked for otherwise. */
  readonly named?: number | undefined
}

/** How many files are open at a time: there may be more of them than a process may open. */
const maxOpenFiles = 32

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads files, and keeps which could not be read. */
export class FileReader {
  readonly unreadable: Unreadable[] = []
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

  async read(path: string, isNeeded: boolean, named?: number): Promise<SourceText | undefined> {
    try {
      const text = this.#written.get(path) ?? utf8.decode(await readFile(path))
      const file = { path: this.show(path), text }
      const before = this.#before.get(file.path)
      return before?.text === file.text ? before : file
    } catch (error) {
      this.note(path, error, isNeeded, named)
      return undefined
    }
  }

  /** What a file holds, byte for byte: characters up to U+00FF. Rejects with the system's error. */
  async readBytes(path: string): Promise<string> {
    return this.#written.get(path) ?? (await readFile(path)).toString('latin1')
  }

  /** A file that another one names: why it cannot be read is told where it is named. */
  async readNamed(path: string): Promise<SourceText & { readonly lack: string | undefined }> {
    try {
      const text = this.#written.get(path) ?? utf8.decode(await readFile(path))
      return { path: this.show(path), text, lack: undefined }
    } catch (error) {
      return { path: this.show(path), text: '', lack: reasonOf(error) }
    }
  }

  /** A file, or every file of a directory. */
  async readEither(path: string, isNeeded: boolean): Promise<SourceText[]> {
    const found = await stat(path).catch(() => undefined)
    if (found?.isDirectory()) return this.readAll(path, isNeeded)
    const file = await this.read(path, isNeeded)
    return file ? [file] : []
  }

  /** Every YAML file of a directory and those in it, the tests of routes aside. */
  async readAll(directory: string, isNeeded: boolean): Promise<SourceText[]> {
    try {
      const names = await this.namesIn(directory, true)
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

  /** What lies in a directory, sorted. */
  async namesIn(directory: string, recursive: boolean): Promise<string[]> {
    const onDisk = await readdir(directory, { recursive })
    return [...new Set([...onDisk, ...this.#writtenIn(directory)])].sort()
  }

  /** What is written in a directory, of which some may not be on disk yet. */
  #writtenIn(directory: string): string[] {
    const names = [...this.#written.keys()].map((path) => relative(directory, path))
    return names.filter((name) => !name.startsWith('..') && !isAbsolute(name))
  }

  note(path: string, error: unknown, isNeeded: boolean, named?: number): void {
    if (!isNeeded && (error as NodeJS.ErrnoException).code === 'ENOENT') return
    this.unreadable.push({ path: this.show(path), reason: reasonOf(error), ...(named !== undefined && { named }) })
  }
}
