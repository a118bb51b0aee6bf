import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Backends } from './backends.ts'
import { startChild } from './child.ts'
import type { Target } from './load.ts'
import { findFreePorts, waitFor } from './ports.ts'
import { serverCore } from './processor.ts'
import type { Page, Variant } from './scenario.ts'

/** A server under test, alone on its core. */
export interface RunningServer {
  readonly pid: number
  readonly target: Target
  /** @throws Error that shows how its answer differs from the page */
  checkAnswer(): Promise<void>
  stop(): Promise<void>
}

export interface ServerOptions {
  /** Before its own. */
  readonly nodeArgs?: readonly string[]
  /** What starts a gateway in place of this checkout's `tessera.js`. */
  readonly main?: string
}

/** Starts a variant in a fresh process and waits until it answers. */
export async function startServer(
  { title, page, launch }: Variant,
  backends: Backends,
  { nodeArgs = [], main }: ServerOptions = {},
): Promise<RunningServer> {
  const [port = 0] = await findFreePorts(1)
  const directory = await mkdtemp(join(tmpdir(), 'tessera-bench-server-'))
  const { program, args, env } = launch({ port, directory, urls: backends.urls, spansUrl: backends.spans.url, main })
  if (nodeArgs.length > 0 && program !== process.execPath) throw new Error(`${title} does not run on Node`)
  const target = { url: `http://127.0.0.1:${port}${page.path}`, headers: page.headers }
  const child = startChild('taskset', ['-c', String(serverCore), program, ...nodeArgs, ...args], {
    ...backends.urls,
    PORT: String(port),
    ...env,
  })
  const stop = async () => {
    await child.stop()
    await rm(directory, { recursive: true, force: true })
  }
  const giveUp = () => (child.hasEnded() ? `${title} has ended: ${child.complaints()}` : undefined)
  try {
    await waitFor(async () => {
      const response = await fetch(target.url, { headers: target.headers })
      await response.arrayBuffer()
      return true
    }, giveUp)
  } catch (error) {
    await stop()
    throw error
  }
  return { pid: child.pid, target, stop, checkAnswer: () => checkAnswer(title, target, page) }
}

async function checkAnswer(title: string, { url, headers }: Target, page: Page): Promise<void> {
  const response = await fetch(url, { headers })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${title} answered ${response.status}: ${text.slice(0, 500)}`)
  const degraded = response.headers.get('tessera-degraded')
  if (degraded !== null && !page.mayBeDegraded) throw new Error(`${title} answered a degraded page: ${degraded}`)
  try {
    assert.deepEqual(JSON.parse(text), page.answer)
  } catch (difference) {
    throw new Error(`${title} answered another page: ${(difference as Error).message.slice(0, 2000)}`)
  }
}
