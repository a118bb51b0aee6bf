import { dirname, resolve } from 'node:path'
import type { FileReader } from './file-reader.ts'
import { findTlsFiles, type TlsFileName } from './listen-tls.ts'
import { reasonOf } from './unreadable.ts'

/** What a file holds that a listener speaks TLS with, a character a byte; or why it cannot be read. */
export interface TlsFile extends TlsFileName {
  /** As people see it. */
  readonly file: string
  readonly text: string | undefined
  readonly reason: string | undefined
}

/** One that is still to be read. */
interface TlsFilePlace extends TlsFileName {
  readonly absolute: string
}

/** The files that the listeners of a file name, from where it lies. */
export function tlsFilesIn(value: unknown, path: string, textOf: (value: unknown) => unknown): TlsFilePlace[] {
  return findTlsFiles(value, textOf).map((file) => ({ ...file, absolute: resolve(dirname(path), file.name) }))
}

/** Reads them. One that cannot be read is told of where it is named. */
export async function readTlsFiles(places: readonly TlsFilePlace[], reader: FileReader): Promise<TlsFile[]> {
  const read = async ({ absolute, ...name }: TlsFilePlace): Promise<TlsFile> => {
    const file = reader.show(absolute)
    try {
      return { ...name, file, text: await reader.readBytes(absolute), reason: undefined }
    } catch (error) {
      return { ...name, file, text: undefined, reason: reasonOf(error) }
    }
  }
  return Promise.all(places.map(read))
}
