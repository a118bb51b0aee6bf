import { existsSync, readFileSync } from 'node:fs'
import { extname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What `demo/main.*` of a project gives; the demo imports nothing of Tessera, and Tessera nothing of it at build time. */
interface DemoModule {
  startDemoBackends(options: { portBase?: number; log?: (line: string) => void }): Promise<DemoBackends>
}

export interface DemoBackends {
  readonly services: readonly { readonly name: string; readonly url: string }[]
  /** `RECO_URL` and its like: where the gateway's configuration finds them. */
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** The backends of a demo that runs, and the command that makes one of them fail if it has one. */
export interface RunningDemo extends DemoBackends {
  readonly troubleCommand: string | undefined
}

const candidates = ['demo/main.ts', 'demo/main.mjs', 'demo/main.js', 'dist/demo/main.js']

/** The demo of a project: `demo/main.*`, or what the build made of it. A file that only has this name is left alone. */
export function findDemo(projectRoot: string): string | undefined {
  // An installed Tessera runs on a Node that may not read TypeScript.
  const readable = candidates.filter((name) => extname(import.meta.filename) === '.ts' || extname(name) !== '.ts')
  const files = readable.map((name) => join(projectRoot, name))
  return files.find((file) => existsSync(file) && /\bexport\b.*\bstartDemoBackends\b/.test(readFileSync(file, 'utf8')))
}

export async function startDemo(file: string, log: (line: string) => void): Promise<RunningDemo> {
  const { startDemoBackends } = (await import(pathToFileURL(file).href)) as DemoModule
  const portBase = Number(process.env['DEMO_PORT_BASE'] ?? 9000)
  return { ...(await startDemoBackends({ portBase, log })), troubleCommand: nameTroubleCommand(file) }
}

/** The script of package.json in a checkout's own directory; elsewhere the file itself. */
function nameTroubleCommand(file: string): string | undefined {
  const trouble = file.replace(/main(?=\.m?[jt]s$)/, 'trouble')
  if (!existsSync(trouble)) return undefined
  const script = relative(process.cwd(), trouble)
  return script === 'demo/trouble.ts' ? 'npm run trouble --' : `node ${script}`
}
