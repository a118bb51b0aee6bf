import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { startChild } from '../../harness/child.ts'
import { findFreePorts, waitFor } from '../../harness/ports.ts'
import { serverCore } from '../../harness/processor.ts'
import { place } from '../../life/processes.ts'
import type { Scene } from './scene.ts'

/** A `tessera serve` in a process of its own, alone on its core. */
export interface Gateway {
  readonly title: string
  readonly pid: number
  readonly port: number
  readonly url: string
  readonly adminUrl: string
  /** The last of what it said on standard error. */
  readonly complaints: () => string
  readonly hasEnded: () => boolean
  stop(): Promise<void>
}

export interface GatewayOptions {
  /** `gateway.yaml` of a project, see `writeProject`. */
  readonly config: string
  readonly env?: Record<string, string>
  readonly nodeArgs?: readonly string[]
}

/** Starts one and waits until it is ready. */
export async function startGateway(
  scene: Scene,
  { config, env = {}, nodeArgs = [] }: GatewayOptions,
): Promise<Gateway> {
  const [port = 0, adminPort = 0] = await findFreePorts(2)
  const serve = ['serve', '--config', config, '--port', String(port), '--admin-port', String(adminPort)]
  const program = [process.execPath, ...nodeArgs, place('src/main.ts'), ...serve]
  const child = startChild('taskset', ['-c', String(serverCore), ...program], env)
  scene.whenDone(() => child.stop())
  const adminUrl = `http://127.0.0.1:${adminPort}`
  const { pid, complaints, hasEnded, stop } = child
  await waitFor(
    async () => ((await fetch(`${adminUrl}/readyz`)).ok ? true : undefined),
    () => (hasEnded() ? `the gateway has ended: ${complaints()}` : undefined),
  )
  return { title: 'the gateway', pid, port, url: `http://127.0.0.1:${port}`, adminUrl, complaints, hasEnded, stop }
}

/** Files by their place beside `gateway.yaml`: `dictionary.yaml`, `services/x.yaml`, `routes/y.yaml`. */
export type ProjectFiles = Readonly<Record<string, string>>

export interface Project {
  readonly config: string
  /** Replaces files, each as a whole. */
  write(files: ProjectFiles): void
}

/** Writes a project; its `gateway.yaml` finds the routes beside it. */
export function writeProject(scene: Scene, files: ProjectFiles): Project {
  const root = mkdtempSync(join(tmpdir(), 'tessera-faults-'))
  scene.whenDone(() => rmSync(root, { recursive: true, force: true }))
  const write = (changed: ProjectFiles) => {
    for (const [path, text] of Object.entries(changed)) {
      const file = join(root, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(`${file}.new`, text)
      renameSync(`${file}.new`, file)
    }
  }
  write({ 'gateway.yaml': gatewayText(), ...files })
  return { config: join(root, 'gateway.yaml'), write }
}

/** A `gateway.yaml` with lines of one's own. */
export const gatewayText = (more = '') => `routes: ./routes\n${more}`
