import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where Tessera itself is installed or checked out. */
export const packageRoot = findPackageRoot(import.meta.dirname)

let version: string | undefined

/** As its package says. */
export function readPackageVersion(): string {
  version ??= (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version
  return version
}

/** `src` lies one level down, `dist/src` two. */
function findPackageRoot(directory: string): string {
  return existsSync(join(directory, 'package.json')) ? directory : findPackageRoot(dirname(directory))
}
