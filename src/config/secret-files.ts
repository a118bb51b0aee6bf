import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import type { FoundFile, SecretFile, SecretFiles } from '../environment.ts'
import { reasonOf } from './unreadable.ts'

/** Where secrets are read unless the start of the process says otherwise. */
export const defaultSecrets = '/run/secrets'

const mostBytes = 64 * 1024
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Told when a file cannot be read any more (`why`), and when it can again. */
export type TellOfSecret = (path: string, why: string | undefined) => void

/**
 * The files of secrets in one directory, which the process was started with: the configuration may name no other. What
 * was read of one stays known for as long as this lives, so that a reload keeps it.
 */
export class SecretDirectory {
  readonly directory: string
  readonly #files = new Map<string, WatchedFile>()
  readonly #listeners = new Set<TellOfSecret>()

  constructor(directory: string = defaultSecrets) {
    this.directory = resolve(directory)
  }

  /** Looks at these files, and gives what was found. */
  look(paths: Iterable<string>): SecretFiles {
    const found = new Map([...new Set(paths)].map((path) => [path, this.#find(path)]))
    const unknown: FoundFile = { file: undefined, lack: 'nobody looked for it' }
    return {
      find: (path) => found.get(path) ?? unknown,
      lacks: [...found].map(([path, { lack }]) => [path, lack]),
      states: () => [...found].map(([path, { file }]) => [path, file?.read() !== undefined && file.lack === undefined]),
    }
  }

  subscribe(listener: TellOfSecret): void {
    this.#listeners.add(listener)
  }

  #find(path: string): { file: WatchedFile | undefined; lack: string | undefined } {
    const whole = resolve(this.directory, path)
    const file =
      this.#files.get(whole) ??
      new WatchedFile(
        whole,
        () => this.#locate(whole),
        (why) => {
          for (const tell of this.#listeners) tell(path, why)
        },
      )
    file.read()
    // Where a file may not be is no place to look again.
    if (file.isOutside) return { file: undefined, lack: file.lack }
    this.#files.set(whole, file)
    // What was read of one that is lost stays in use.
    return { file, lack: file.isLost ? undefined : file.lack }
  }

  /** The file itself, links followed: those of a mounted secret lead to another directory beside it. */
  #locate(path: string): string {
    try {
      const home = realpathSync(this.directory)
      const real = realpathSync(path)
      if (isBelow(home, real)) return real
    } catch (thrown) {
      if (isBelow(this.directory, path)) throw thrown
    }
    throw new Outside(`it is not below ${this.directory}, where secrets are read (\`--secrets\`)`)
  }
}

function isBelow(directory: string, path: string): boolean {
  const inside = relative(directory, path)
  return inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && resolve(directory, inside) === path
}

/** What is wrong with a file, in words for people. */
class Unfit extends Error {}
class Outside extends Unfit {}

/** One file. Whenever its text is needed the system is asked whether it is another one; only then it is read. */
class WatchedFile implements SecretFile {
  /** Why it cannot be read now. */
  lack: string | undefined
  isOutside = false
  readonly #path: string
  readonly #locate: () => string
  readonly #tell: (why: string | undefined) => void
  #text: string | undefined
  #stamp: string | undefined

  constructor(path: string, locate: () => string, tell: (why: string | undefined) => void) {
    this.#path = path
    this.#locate = locate
    this.#tell = tell
  }

  get isLost(): boolean {
    return this.lack !== undefined && this.#text !== undefined
  }

  read(): string | undefined {
    const stamp = stampOf(this.#path)
    if (stamp === this.#stamp && stamp !== undefined) return this.#text
    const wasLost = this.isLost
    try {
      this.#text = readText(this.#locate())
      this.lack = undefined
      this.isOutside = false
    } catch (thrown) {
      this.isOutside = thrown instanceof Outside
      this.lack = thrown instanceof Unfit ? thrown.message : reasonOf(thrown as NodeJS.ErrnoException)
    }
    this.#stamp = stamp
    if (wasLost !== this.isLost) this.#tell(this.lack)
    return this.#text
  }
}

/** Equal for a file that is the same, links followed; undefined for none. */
function stampOf(path: string): string | undefined {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path)
    return `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`
  } catch {
    return undefined
  }
}

function readText(path: string): string {
  // Not one that waits for a writer.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    if (!fstatSync(file).isFile()) throw new Unfit('it is no file')
    const bytes = Buffer.alloc(mostBytes + 1)
    let length = 0
    for (let more = -1; more !== 0 && length <= mostBytes; length += more)
      more = readSync(file, bytes, length, bytes.length - length, null)
    if (length > mostBytes) throw new Unfit('it has more than 64KB')
    const text = decode(bytes.subarray(0, length)).replace(/\r?\n$/, '')
    return text === '' ? raise('it is empty') : text
  } finally {
    closeSync(file)
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    return raise('it is not UTF-8')
  }
}

function raise(why: string): never {
  throw new Unfit(why)
}
