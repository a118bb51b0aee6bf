import { dirname, resolve } from 'node:path'
import { EnvText } from '../environment.ts'
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
const places = tlsFileKeys.map((key) => ['tls', key])

/** Whether a service may name files: only then it is worth a look inside. */
export function mayNameFiles({ text }: SourceText): boolean {
  return text.includes('tls')
}

/** Reads what a service names, of which it is not yet known whether it is right. */
export function readServiceFiles(
  value: unknown,
  { path: by }: SourceText,
  home: string,
  reader: FileReader,
): Promise<(ServiceFile & { readonly location: string })[]> {
  const names = new Set(places.map((place) => textAt(value, place)).filter((name) => name !== undefined))
  return Promise.all(
    [...names].map(async (name) => {
      const location = resolve(dirname(home), name)
      return { ...(await reader.readNamed(location)), by, name, location }
    }),
  )
}

function textAt(value: unknown, path: readonly string[]): string | undefined {
  let found = value
  for (const key of path) found = (found as Record<string, unknown> | null | undefined)?.[key]
  const text = found instanceof EnvText && !found.isLive ? found.text : found
  return typeof text === 'string' && text !== '' ? text : undefined
}
