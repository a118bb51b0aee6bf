import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What `demo/main.ts` of a project gives; the demo imports nothing of Tessera, and Tessera nothing of it at build time. */
interface DemoModule {
  startDemoBackends(options: { portBase?: number; log?: (line: string) => void }): Promise<DemoBackends>
}

export interface DemoBackends {
  readonly services: readonly { readonly name: string; readonly url: string }[]
  /** `RECO_URL` and its like: where the gateway's configuration finds them. */
  readonly env: Readonly<Record<string, string>>
  readonly controlUrl: string
  stop(): Promise<void>
}

/** The demo of a project: `demo/main.ts`, or what the build made of it. A file that only has this name is left alone. */
export function findDemo(projectRoot: string): string | undefined {
  const built = join(projectRoot, 'dist/demo/main.js')
  const files = extname(import.meta.filename) === '.ts' ? [join(projectRoot, 'demo/main.ts'), built] : [built]
  return files.find((file) => existsSync(file) && /\bexport\b.*\bstartDemoBackends\b/.test(readFileSync(file, 'utf8')))
}

export async function startDemo(file: string, log: (line: string) => void): Promise<DemoBackends> {
  const { startDemoBackends } = (await import(pathToFileURL(file).href)) as DemoModule
  const portBase = Number(process.env['DEMO_PORT_BASE'] ?? 9000)
  return startDemoBackends({ portBase, log })
}
