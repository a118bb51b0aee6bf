import assert from 'node:assert/strict'
import type { Backends } from './backends.ts'
import { startChild } from './child.ts'
import type { Target } from './load.ts'
import { findFreePorts, waitFor } from './ports.ts'
import { serverCore } from './processor.ts'
import type { Variant } from './variants.ts'

/** A server under test, alone on its core. */
export interface RunningServer {
  readonly pid: number
  readonly target: Target
  /** @throws Error that shows how its answer differs from the page */
  checkAnswer(): Promise<void>
  stop(): Promise<void>
}

export interface Page {
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly answer: unknown
}

/** Starts a variant in a fresh process and waits until it answers. `nodeArgs` come before its own. */
export async function startServer(
  variant: Variant,
  backends: Backends,
  page: Page,
  nodeArgs: readonly string[] = [],
): Promise<RunningServer> {
  const [port = 0] = await findFreePorts(1)
  const target = { url: `http://127.0.0.1:${port}${page.path}`, headers: page.headers }
  const args = ['-c', String(serverCore), process.execPath, ...nodeArgs, ...variant.args(port)]
  const child = startChild('taskset', args, { ...backends.urls, PORT: String(port) })
  const giveUp = () => (child.hasEnded() ? `${variant.title} has ended: ${child.complaints()}` : undefined)
  await waitFor(() => fetch(target.url, { headers: target.headers }), giveUp)
  return {
    pid: child.pid,
    target,
    async checkAnswer() {
      const response = await fetch(target.url, { headers: target.headers })
      const text = await response.text()
      if (response.status !== 200) throw new Error(`${variant.title} answered ${response.status}: ${text}`)
      const degraded = response.headers.get('tessera-degraded')
      if (degraded !== null) throw new Error(`${variant.title} answered a degraded page: ${degraded}`)
      try {
        assert.deepEqual(JSON.parse(text), page.answer)
      } catch (difference) {
        throw new Error(`${variant.title} answered another page: ${(difference as Error).message}`)
      }
    },
    stop: () => child.stop(),
  }
}
