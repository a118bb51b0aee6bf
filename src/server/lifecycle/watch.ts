import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ConfigLocations } from '../../config/read.ts'
import type { DirectoryWatch } from './directory-watch.ts'

const quietMs = 100
/** The first requests go before loading chokidar and looking at every directory. An edit made meanwhile is noticed then. */
const startAfterMs = 100
const longestWaitMs = 1000
const defaultPollEveryMs = 3000
/** Polling takes at most this share of the time. */
const pollShare = 0.02

/**
 * Notices that something about the configuration may have changed. It watches directories, never files: an editor
 * replaces a file, and a ConfigMap replaces a link two directories up, so a watch on a file would see the first change
 * and no other. Where watching misses something (network disks, links to elsewhere) polling finds it.
 */
export class ConfigWatcher {
  readonly #onChange: () => void
  readonly #onError: (error: Error) => void
  readonly #pollEveryMs: number
  readonly #start: NodeJS.Timeout
  #opening: Promise<void> | undefined
  /** For directories whose subdirectories matter, and for those whose do not. */
  #deep: DirectoryWatch | undefined
  #flat: DirectoryWatch | undefined
  #locations: ConfigLocations | undefined
  #noticedAt: number | undefined
  #quiet: NodeJS.Timeout | undefined
  #poll: NodeJS.Timeout | undefined
  #seen: string | undefined
  #isClosed = false

  constructor(onChange: () => void, onError: (error: Error) => void, pollEveryMs = defaultPollEveryMs) {
    this.#pollEveryMs = pollEveryMs
    this.#onChange = onChange
    this.#onError = onError
    this.#start = setTimeout(() => {
      this.#opening = this.#open()
    }, startAfterMs)
  }

  /** Watches these places and no others from now on. */
  watch(locations: ConfigLocations): void {
    if (this.#isClosed) return
    this.#locations = locations
    this.#setDirectories()
    if (!this.#poll) this.#schedulePoll(this.#pollEveryMs)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#start)
    clearTimeout(this.#quiet)
    clearTimeout(this.#poll)
    await this.#opening
    await Promise.all([this.#deep?.close(), this.#flat?.close()])
  }

  async #open(): Promise<void> {
    try {
      const { DirectoryWatch } = await import('./directory-watch.ts')
      const notice = () => this.#notice()
      this.#deep = new DirectoryWatch({}, notice, this.#onError)
      this.#flat = new DirectoryWatch({ depth: 0 }, notice, this.#onError)
      this.#setDirectories()
    } catch (thrown) {
      this.#onError(thrown as Error)
    }
  }

  #setDirectories(): void {
    if (!this.#locations || this.#isClosed) return
    const { gateway, dictionary, services, routes, parts, extensions, included, named } = this.#locations
    const within = (isDeep: boolean) => included.flatMap((one) => (one.isDeep === isDeep ? one.directory : []))
    const homes = new Set([gateway, dictionary, ...named].map((file) => dirname(file)))
    // Of a file nothing is told here: its directory is looked at below.
    this.#deep?.set([routes, parts, services, dictionary, ...within(true)])
    this.#flat?.set([...homes, ...extensions, ...within(false)])
  }

  /** Editors and kubelet write in bursts: it is over when nothing happened for a while, or it never is. */
  #notice(): void {
    if (this.#isClosed) return
    const now = performance.now()
    this.#noticedAt ??= now
    clearTimeout(this.#quiet)
    const waitMs = Math.min(quietMs, Math.max(0, this.#noticedAt + longestWaitMs - now))
    this.#quiet = setTimeout(() => {
      this.#noticedAt = undefined
      this.#onChange()
    }, waitMs)
  }

  #schedulePoll(delayMs: number): void {
    this.#poll = setTimeout(async () => {
      const startedAt = performance.now()
      const seen = await this.#look().catch(() => undefined)
      if (this.#isClosed) return
      // The first look cannot tell what changed since the files were read: reading them again can.
      if (seen !== this.#seen) this.#notice()
      this.#seen = seen
      this.#schedulePoll(Math.max(this.#pollEveryMs, (performance.now() - startedAt) / pollShare))
    }, delayMs)
    this.#poll.unref()
  }

  /** Name, size, time and inode of every file, links followed. */
  async #look(): Promise<string> {
    const { gateway, dictionary, services, routes, parts, extensions, included, named } = this.#locations!
    const list = async (directory: string, recursive: boolean) =>
      (await readdir(directory, { recursive }).catch(() => [])).map((name) => join(directory, name))
    const flat = extensions.map((directory) => list(directory, false))
    const deep = [services, routes, parts, dictionary].map((directory) => list(directory, true))
    const more = included.map(({ directory, isDeep }) => list(directory, isDeep))
    const files = [gateway, dictionary, ...named, ...(await Promise.all([...flat, ...deep, ...more])).flat()]
    const looks = await Promise.all(
      files.map(async (file) => {
        const found = await stat(file).catch(() => undefined)
        return found?.isFile() ? `${file}:${found.size}:${found.mtimeMs}:${found.ino}` : file
      }),
    )
    return looks.join('\n')
  }
}
