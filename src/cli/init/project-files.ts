import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../version.ts'

/** The files of a new project by their paths in it: the template, and the schemas that its first lines name. */
export function readProjectFiles(): Map<string, string> {
  const files = new Map<string, string>()
  const add = (folder: string, rename: (name: string) => string) => {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    for (const { parentPath, name } of entries) {
      const path = join(parentPath, name)
      files.set(rename(path.slice(folder.length + 1)), readFileSync(path, 'utf8'))
    }
  }
  // npm leaves a .gitignore out of a package.
  add(join(packageRoot, 'templates/init'), (name) => (name === 'gitignore' ? '.gitignore' : name))
  add(join(packageRoot, 'schemas'), (name) => join('schemas', name))
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))
}
