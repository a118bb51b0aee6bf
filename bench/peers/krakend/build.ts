import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findProgram } from '../../harness/requirements.ts'

const run = promisify(execFile)
const luraSources = fileURLToPath(new URL('lura/', import.meta.url))
const buildMs = 10 * 60_000
const mostLetters = 200

/** Built once and kept, outside the repository. */
const cache = join(tmpdir(), 'tessera-bench-krakend')
export const krakendBinary = join(cache, 'krakend-ce')
export const luraBinary = join(cache, 'lura-2.7.0')

/** Builds KrakenD from the Go module proxy; gives why it could not. */
export function buildKrakend(): Promise<string | undefined> {
  const newest = 'github.com/krakend/krakend-ce/v2/cmd/krakend-ce@latest'
  return build(krakendBinary, ['install', newest], { GOBIN: cache, GOFLAGS: '-mod=mod' })
}

/** Builds the engine of KrakenD, from the versions that are pinned in `lura/go.mod`. */
export function buildLura(): Promise<string | undefined> {
  return build(luraBinary, ['build', '-C', luraSources, '-buildvcs=false', '-o', luraBinary, '.'], {})
}

async function build(
  binary: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<string | undefined> {
  if (existsSync(binary)) return undefined
  const go = findProgram('go')
  if (go === undefined) return 'Go is not installed, so it cannot be built'
  await mkdir(cache, { recursive: true })
  try {
    await run(go, args, { env: { ...process.env, ...env }, timeout: buildMs })
    return undefined
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string }
    const said = (stderr.trim() || message).replace(/\s+/g, ' ').replace(/\.$/, '')
    return `it cannot be built here: ${said.slice(-mostLetters)}`
  }
}
