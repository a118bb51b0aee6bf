import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type ChokidarOptions, type FSWatcher, watch } from 'chokidar'
import type { ConfigLocations } from '../config/read.ts'

const quietMs = 100
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
  readonly #pollEveryMs: number
  /** For directories whose subdirectories matter, and for those whose do not. */
  readonly #deep: DirectoryWatch
  readonly #flat: DirectoryWatch
  #locations: ConfigLocations | undefined
  #noticedAt: number | undefined
  #quiet: NodeJS.Timeout | undefined
  #poll: NodeJS.Timeout | undefined
  #seen: string | undefined
  #isClosed = false

  constructor(onChange: () => void, onError: (error: Error) => void, pollEveryMs = defaultPollEveryMs) {
    this.#pollEveryMs = pollEveryMs
    this.#onChange = onChange
    const notice = () => this.#notice()
    this.#deep = new DirectoryWatch({}, notice, onError)
    this.#flat = new DirectoryWatch({ depth: 0 }, notice, onError)
  }

  /** Watches these places and no others from now on. */
  watch(locations: ConfigLocations): void {
    if (this.#isClosed) return
    const { gateway, dictionary, services, routes } = locations
    this.#locations = locations
    this.#deep.set([routes])
    this.#flat.set([dirname(gateway), dirname(dictionary), services])
    if (!this.#poll) this.#schedulePoll(this.#pollEveryMs)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#quiet)
    clearTimeout(this.#poll)
    await Promise.all([this.#deep.close(), this.#flat.close()])
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
    const { gateway, dictionary, services, routes } = this.#locations!
    const list = async (directory: string, recursive: boolean) =>
      (await readdir(directory, { recursive }).catch(() => [])).map((name) => join(directory, name))
    const files = [gateway, dictionary, ...(await list(services, false)), ...(await list(routes, true))]
    const looks = await Promise.all(
      files.map(async (file) => {
        const found = await stat(file).catch(() => undefined)
        return found?.isFile() ? `${file}:${found.size}:${found.mtimeMs}:${found.ino}` : file
      }),
    )
    return looks.join('\n')
  }
}

/** A set of watched directories, which may change. */
class DirectoryWatch {
  readonly #watcher: FSWatcher
  #directories = new Set<string>()

  constructor(options: ChokidarOptions, onEvent: () => void, onError: (error: Error) => void) {
    // Only directories get a watch of their own: it tells of the files in them, as a raw event.
    const ignored: ChokidarOptions['ignored'] = (_path, stats) => stats?.isFile() ?? false
    this.#watcher = watch([], { ignoreInitial: true, ignorePermissionErrors: true, ignored, ...options })
    // 'ready': an edit made before the watch stood was not seen.
    this.#watcher.on('ready', onEvent).on('raw', onEvent).on('addDir', onEvent)
    this.#watcher.on('unlinkDir', (directory) => {
      this.#directories.delete(directory)
      onEvent()
    })
    this.#watcher.on('error', (error) => onError(error as Error))
  }

  /** One that is missing is tried again the next time; until then polling stands in. */
  set(directories: readonly string[]): void {
    const wanted = new Set(directories.filter((directory) => existsSync(directory)))
    const added = [...wanted].filter((directory) => !this.#directories.has(directory))
    const gone = [...this.#directories].filter((directory) => !wanted.has(directory))
    this.#directories = wanted
    if (added.length > 0) this.#watcher.add(added)
    if (gone.length > 0) this.#watcher.unwatch(gone)
  }

  close(): Promise<void> {
    return this.#watcher.close()
  }
}
