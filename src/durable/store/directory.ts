import { execFile, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Binaries, closedTo, environmentOf, findBinaries } from './binaries.ts'
import type { Owner, ServerSettings } from './process.ts'
import { DurableStoreError } from './store.ts'

const run = promisify(execFile)

/** The system's `nobody`. */
const nobody = 65_534
/** What a path of a socket may have, on macOS: 104 with its end. */
const longestSocket = 103

export const databaseUser = 'tessera'
export const databaseName = 'postgres'

/** The files of a store in a directory. */
export interface Layout {
  readonly root: string
  readonly data: string
  readonly socket: string
  readonly key: string
}

export function layoutOf(root: string): Layout {
  const layout = { root, data: join(root, 'postgres'), socket: join(root, 'run'), key: join(root, 'key') }
  if (Buffer.byteLength(join(layout.socket, '.s.PGSQL.5432')) > longestSocket)
    throw new DurableStoreError(`the path of the directory is too long for a socket: ${root}`, {
      help: 'name a directory with a shorter path',
    })
  return layout
}

/** Makes what is missing in a directory, and says how its server is started. */
export async function prepareDirectory(layout: Layout): Promise<ServerSettings> {
  const { root, data, socket } = layout
  const isRoot = process.getuid?.() === 0
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 })
    const owner = isRoot ? ownerOf(data) : undefined
    // Whose the data is has to get there.
    if (owner) chmodSync(root, 0o711)
    mkdirSync(socket, { recursive: true, mode: 0o700 })
    if (owner) chownSync(socket, owner.uid, owner.gid)
    const isOpen = (directory: string) => owner === undefined || getsTo(owner, directory)
    const binaries = findBinaries(majorOf(data), root, isOpen)
    if (!isOpen(socket)) throw closedTo(socket)
    if (!existsSync(data)) await createDatabase(binaries, layout, owner)
    return { binaries, data, socket, owner }
  } catch (thrown) {
    if (thrown instanceof DurableStoreError) throw thrown
    const { message } = thrown as Error
    throw new DurableStoreError(`${root} cannot be used: ${message}`, { cause: thrown })
  }
}

function majorOf(data: string): number | undefined {
  return existsSync(data) ? Number(readFileSync(join(data, 'PG_VERSION'), 'utf8')) : undefined
}

/** PostgreSQL refuses to run as root, who can be anybody: whoever has the data, or nobody. */
function ownerOf(data: string): Owner {
  if (!existsSync(data)) return { uid: nobody, gid: nobody }
  const { uid, gid } = statSync(data)
  if (uid === 0) throw new DurableStoreError(`${data} belongs to root, as whom no PostgreSQL runs`)
  return { uid, gid }
}

function getsTo(owner: Owner, directory: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], { cwd: '/', ...owner }).status === 0
}

/** Made beside its place and moved there when it is whole, so that what a crash leaves behind is never opened. */
async function createDatabase(binaries: Binaries, { root, data }: Layout, owner: Owner | undefined): Promise<void> {
  const draft = mkdtempSync(join(root, 'new-'))
  try {
    if (owner) chownSync(draft, owner.uid, owner.gid)
    const settings = ['-U', databaseUser, '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-instructions']
    const own = { env: environmentOf(binaries.libraries), cwd: '/', ...owner }
    await run(join(binaries.directory, 'initdb'), ['-D', draft, '-k', ...settings], own)
    syncDirectory(draft)
    renameSync(draft, data)
    syncDirectory(root)
  } catch (thrown) {
    rmSync(draft, { recursive: true, force: true })
    // Another gateway was faster: who may have it is told by its server.
    if (existsSync(data)) return
    const { stderr, message } = thrown as Error & { stderr?: string }
    const told = /(?:error|FATAL|could not).*/i.exec(stderr ?? '')?.[0] ?? message
    throw new DurableStoreError(`no database can be made in ${root}: ${told}`, { cause: thrown })
  }
}

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
