import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One of the two states of the sources. */
export interface Tree {
  /** `a1b2c3d resolver: …`, or `working tree`. */
  readonly title: string
  readonly directory: string
}

const repository = fileURLToPath(new URL('../../', import.meta.url))
const git = (...args: string[]) => execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' }).trim()

/** The sources as they lie here, whatever of them is committed. */
export const workingTree: Tree = { title: 'working tree', directory: repository }

/**
 * Checks commits out beside each other, with the node_modules of this checkout. They are removed when the process ends,
 * however it does; what a killed one left is forgotten by git at the next call.
 * @throws Error for what is no commit
 */
export function checkOut(commits: readonly string[]): Tree[] {
  git('worktree', 'prune')
  const root = mkdtempSync(join(tmpdir(), 'tessera-compare-'))
  process.once('exit', () => {
    // Git forgets a worktree whose directory is gone.
    rmSync(root, { recursive: true, force: true })
    git('worktree', 'prune')
  })
  return commits.map((commit, index) => {
    const title = git('log', '-1', '--format=%h %s', commit, '--')
    const directory = join(root, String(index))
    git('worktree', 'add', '--quiet', '--detach', directory, commit)
    const modules = join(directory, 'node_modules')
    if (!existsSync(modules)) symlinkSync(join(repository, 'node_modules'), modules)
    return { title, directory }
  })
}
