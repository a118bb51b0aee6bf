import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where Tessera itself is installed or checked out. */
export const packageRoot = findPackageRoot(import.meta.dirname)

export function readPackageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version
}

/** `src/cli` lies two levels down, `dist/src/cli` three. */
function findPackageRoot(directory: string): string {
  return existsSync(join(directory, 'package.json')) ? directory : findPackageRoot(dirname(directory))
}
