import type { Path } from '../yaml/source.ts'

/** Who has which name in a route. Arms of a branch never run together, so they may share one. */
export class CallNames {
  readonly #all = new Map<string, Fork>()
  readonly #explicit = new Map<string, Fork>()

  /** Whether a step that may run together with the one at `path` has the name. */
  isTaken(name: string, path: Path): boolean {
    return clashes(this.#all.get(name), path)
  }

  /** The same, of names that somebody wrote. */
  isWritten(name: string, path: Path): boolean {
    return clashes(this.#explicit.get(name), path)
  }

  take(name: string, path: Path, isExplicit: boolean): void {
    addTo(this.#all, name, path)
    if (isExplicit) addTo(this.#explicit, name, path)
  }

  /**
   * The first of `name`, `name-2`, `name-3`, … that is free. Those that are taken come first, so that it is searched for
   * by halves: thousands of calls of one operation have thousands of names.
   */
  findFree(name: string, path: Path): string {
    const isFree = (number: number) => !this.isTaken(numbered(name, number), path)
    let high = 1
    while (!isFree(high)) high *= 2
    let low = high >> 1
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (isFree(middle)) high = middle
      else low = middle
    }
    return numbered(name, high)
  }
}

function numbered(name: string, number: number): string {
  return number === 1 ? name : `${name}-${number}`
}

/** Where paths part. */
interface Fork {
  readonly ways: Map<string | number, Fork>
}

function addTo(forks: Map<string, Fork>, name: string, path: Path): void {
  let fork = follow(forks, name)
  for (const segment of path) fork = follow(fork.ways, segment)
}

function follow<Key>(ways: Map<Key, Fork>, key: Key): Fork {
  const known = ways.get(key)
  if (known) return known
  const fork: Fork = { ways: new Map() }
  ways.set(key, fork)
  return fork
}

/** Whether one of the paths parts from this one elsewhere than at the arms of a branch. */
function clashes(root: Fork | undefined, path: Path): boolean {
  let fork = root
  for (const [depth, segment] of path.entries()) {
    if (!fork) return false
    const isArm = path[depth - 1] === 'branch' && typeof segment === 'number'
    const next = fork.ways.get(segment)
    if (!isArm && fork.ways.size > (next ? 1 : 0)) return true
    fork = next
  }
  return fork !== undefined
}
