import { existsSync } from 'node:fs'
import { type ChokidarOptions, type FSWatcher, watch } from 'chokidar'

/** A set of watched directories, which may change. */
export class DirectoryWatch {
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
