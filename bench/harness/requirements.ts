import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'

/** Why nothing can be measured on this machine; undefined when it can. */
export function findObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'CPU time is read from /proc, so this needs Linux'
  if (availableParallelism() < 2) return 'the server needs a core of its own, and this machine offers one in all'
  if (findProgram('taskset') === undefined)
    return 'processes are pinned by taskset (util-linux), which is not installed'
  return undefined
}

/** Where a program is; Debian's nginx is in a directory that is not on everyone's PATH. */
export function findProgram(name: string): string | undefined {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  return directories.map((directory) => join(directory, name)).find(isExecutable)
}

const packages = ['nginx-light', 'libnginx-mod-http-lua', 'lua-cjson', 'wrk']

/** Installs what makes the measurement better, on Debian and its kin. */
export function installPrograms(): void {
  execFileSync('apt-get', ['update', '-q'], { stdio: ['ignore', 2, 2] })
  execFileSync('apt-get', ['install', '-y', '-q', ...packages], { stdio: ['ignore', 2, 2] })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
