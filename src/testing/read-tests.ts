import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { SourceText } from '../yaml/source.ts'

/** A test file: its name as people see it and as routes have it, where it lies, its text. */
export interface TestFile extends SourceText {
  readonly location: string
}

/** Every `NAME.test.yaml` in the directory of the routes, in the order of their names. */
export async function readTestFiles(directory: string, base: string = process.cwd()): Promise<TestFile[]> {
  const names = await readdir(directory, { recursive: true })
  const files = names.filter((name) => /\.test\.ya?ml$/.test(name) && !/(^|\/)\./.test(name)).sort()
  return Promise.all(
    files.map(async (name) => {
      const location = join(directory, name)
      const short = relative(base, location)
      const text = (await readFile(location, 'utf8')).replace(/^\uFEFF/, '')
      return { path: short.startsWith('..') ? location : short, location, text }
    }),
  )
}
