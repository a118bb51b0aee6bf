import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openDurableStore } from '../../src/durable/store/open.ts'
import { afterFile, afterTest } from './cleanup.ts'
import { makeStoreDirectory } from './postgres.ts'

const opener = fileURLToPath(new URL('open-store.ts', import.meta.url))

/** Opens a store in a directory, which is closed when the test has ended. */
export async function openStoreIn(path: string, keys: readonly string[] = []) {
  const warnings: string[] = []
  const store = await openDurableStore(
    { kind: 'directory', path },
    { keys, base: '/', warn: (text) => warnings.push(text) },
  )
  let closing: Promise<void> | undefined
  const close = () => (closing ??= store.close())
  afterTest(close)
  return { ...store, warnings, close }
}

export function storeDirectory(): string {
  const path = makeStoreDirectory()
  afterFile(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Another gateway, as far as the store is concerned: a process that has one open, until it is killed. */
export async function openElsewhere(path: string): Promise<{ kill(): Promise<void> }> {
  const process_ = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', opener, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kill = async () => {
    process_.kill('SIGKILL')
    if (process_.exitCode === null && process_.signalCode === null) await once(process_, 'exit')
  }
  afterTest(kill)
  await once(process_.stdout, 'data')
  return { kill }
}
