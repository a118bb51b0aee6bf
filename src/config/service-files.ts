import { dirname, resolve } from 'node:path'
import { EnvText } from '../environment.ts'
import { importsOf } from '../operations/grpc/proto.ts'
import type { SourceText } from '../yaml/source.ts'
import type { FileReader } from './file-reader.ts'
import { tlsFileKeys } from './service/tls.ts'

/** A file that the file of a service names. */
export interface ServiceFile extends SourceText {
  /** The file of the service. */
  readonly by: string
  /** As it is named there. */
  readonly name: string
  /** Why it could not be read; then its text is empty. */
  readonly lack: string | undefined
}

/** Where a service names files, from its own. */
const ownPlaces = [...tlsFileKeys.map((key) => ['tls', key]), ['proto'], ['schema']]

function placesIn(value: unknown): (readonly string[])[] {
  const { operations } = (value ?? {}) as { operations?: unknown }
  const names = typeof operations === 'object' && operations !== null ? Object.keys(operations) : []
  return [...ownPlaces, ...names.map((name) => ['operations', name, 'schema'])]
}

/** Whether a service may name files: only then it is worth a look inside. */
export function mayNameFiles({ text }: SourceText): boolean {
  return text.includes('tls') || text.includes('proto') || text.includes('schema')
}

/** Reads what a service names, of which it is not yet known whether it is right. */
export async function readServiceFiles(
  value: unknown,
  { path: by }: SourceText,
  home: string,
  reader: FileReader,
): Promise<LocatedFile[]> {
  const names = new Set(
    placesIn(value)
      .map((place) => textAt(value, place))
      .filter((name) => name !== undefined),
  )
  const files: LocatedFile[] = []
  const read = async (name: string, location: string) => {
    if (files.some((file) => file.name === name)) return
    const file = { ...(await reader.readNamed(location)), by, name, location }
    files.push(file)
    if (!name.endsWith('.proto')) return
    // Those that it imports are named from where it lies.
    for (const imported of importsOf(file.text)) await read(imported, resolve(dirname(files[0]!.location), imported))
  }
  const main = textAt(value, ['proto'])
  // The first is where the others are looked for.
  for (const name of main === undefined ? names : new Set([main, ...names]))
    await read(name, resolve(dirname(home), name))
  return files
}

/** The same object for what is as it was: what was made of it is known by it. */
export function asBefore(file: ServiceFile, before: readonly ServiceFile[] = []): ServiceFile {
  const isSame = (one: ServiceFile) =>
    one.path === file.path &&
    one.by === file.by &&
    one.name === file.name &&
    one.lack === file.lack &&
    one.text === file.text
  return before.find(isSame) ?? file
}

type LocatedFile = ServiceFile & { readonly location: string }

function textAt(value: unknown, path: readonly string[]): string | undefined {
  let found = value
  for (const key of path) found = (found as Record<string, unknown> | null | undefined)?.[key]
  const text = found instanceof EnvText && !found.isLive ? found.text : found
  return typeof text === 'string' && text !== '' ? text : undefined
}
