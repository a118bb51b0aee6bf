import { dirname, join, resolve } from 'node:path'
import type { SourceText } from '../yaml/source.ts'
import { isConfigName } from './file-names.ts'
import type { FileReader } from './file-reader.ts'

/** A directory in which files may be included, and whether those in it are looked through as well. */
export interface IncludedDirectory {
  readonly directory: string
  readonly isDeep: boolean
}

/**
 * Reads what `include` of the gateway's file names, in the order of its patterns and of names: each file once, and never
 * the gateway's own. A pattern that names none is listed as unreadable.
 */
export async function readIncluded(
  patterns: readonly unknown[],
  gateway: string,
  reader: FileReader,
): Promise<{ files: SourceText[]; directories: IncludedDirectory[] }> {
  const files = new Map<string, SourceText | undefined>([[gateway, undefined]])
  const directories: IncludedDirectory[] = []
  for (const [index, text] of patterns.entries()) {
    if (typeof text !== 'string') continue
    const { directory, isDeep, name } = parsePattern(text, dirname(gateway))
    directories.push({ directory, isDeep })
    const found = typeof name === 'string' ? [name] : await findMatching(directory, isDeep, name, reader)
    if (found.length === 0) reader.unreadable.push({ path: text, reason: 'no file has such a name', named: index })
    for (const path of found.map((one) => join(directory, one)))
      if (!files.has(path)) files.set(path, await reader.read(path, true, index))
  }
  return { files: [...files.values()].filter((file) => file !== undefined), directories }
}

async function findMatching(directory: string, isDeep: boolean, name: RegExp, reader: FileReader): Promise<string[]> {
  const names = await reader.namesIn(directory, isDeep).catch(() => [])
  return names.filter((one) => isConfigName(one) && name.test(one.replaceAll('\\', '/')))
}

/** `*` and `?` are anything but `/`; `**` is any directories. What stands before the first of them is a directory. */
function parsePattern(text: string, home: string): IncludedDirectory & { readonly name: string | RegExp } {
  const segments = text.split('/')
  const wild = segments.findIndex((segment) => /[*?]/.test(segment))
  if (wild < 0) {
    const path = resolve(home, text)
    return { directory: dirname(path), isDeep: false, name: path.slice(dirname(path).length).replace(/^[\\/]/, '') }
  }
  const directory = resolve(home, segments.slice(0, wild).join('/') || (text.startsWith('/') ? '/' : '.'))
  const rest = segments.slice(wild)
  const isAnyDepth = (segment: string) => segment === '**'
  const source = rest
    .map((segment, index) => {
      if (isAnyDepth(segment) && index < rest.length - 1) return '(?:[^/]+/)*'
      const one = segment
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replace(/\*+/g, '[^/]*')
        .replaceAll('?', '[^/]')
      return index < rest.length - 1 ? `${one}/` : one
    })
    .join('')
  return { directory, isDeep: rest.length > 1, name: new RegExp(`^${source}$`) }
}
