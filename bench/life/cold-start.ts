import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startBackends } from '../harness/backends.ts'
import { describeBackends } from '../scenarios/home/data.ts'
import { homeHeaders, homePath, launchGateway, place, type Server, type Urls } from './processes.ts'
import { type Finding, findAtMost, findOut, type LifeScenario } from './scenario.ts'
import { median } from './statistics.ts'

const promisedMs = 500
const lookEveryMs = 1
const giveUpAfterMs = 20_000

/** From the start of the process to the last byte of its first page, with five real calls. */
export const coldStart: LifeScenario = {
  name: 'cold-start',
  summary: 'From the start of `serve` to its first page: from the checkout and from the built package.',
  async run({ starts, tell }) {
    const backends = await startBackends(describeBackends())
    const built = mkdtempSync(join(tmpdir(), 'tessera-built-'))
    try {
      await build(built)
      return [
        ...(await measureStarts('the checkout', place('tessera.js'), backends.urls, starts, tell)),
        ...(await measureStarts('the built package', join(built, 'dist/src/main.js'), backends.urls, starts, tell)),
      ]
    } finally {
      await backends.stop()
      rmSync(built, { recursive: true, force: true })
    }
  },
}

/** As `npm run build` does, without its look at the types. */
async function build(directory: string): Promise<void> {
  const compiler = place('node_modules/typescript/bin/tsc')
  const args = ['-p', place('tsconfig.build.json'), '--noCheck', '--outDir', join(directory, 'dist')]
  await promisify(execFile)(process.execPath, [compiler, ...args]).catch((failed: { stdout: string }) => {
    throw new Error(`the package cannot be built: ${failed.stdout.slice(0, 1000)}`)
  })
  // What is no TypeScript belongs to the package as it is.
  cpSync(place('src'), join(directory, 'dist/src'), { recursive: true, filter: (path) => !path.endsWith('.ts') })
  cpSync(place('package.json'), join(directory, 'package.json'))
  symlinkSync(place('node_modules'), join(directory, 'node_modules'))
}

async function measureStarts(
  title: string,
  main: string,
  urls: Urls,
  starts: number,
  tell: (line: string) => void,
): Promise<Finding[]> {
  await measureStart(main, urls) // fills the caches of the system and of the compiler
  const times: number[] = []
  for (let count = 0; count < starts; count++) times.push(await measureStart(main, urls))
  tell(`${title}: ${times.map((ms) => Math.round(ms)).join(' ')} ms`)
  return [
    findAtMost(`${title}: median of ${starts}`, median(times), promisedMs, 'ms', 0),
    findOut(`${title}: least–most`, `${Math.min(...times).toFixed(0)}–${Math.max(...times).toFixed(0)} ms`),
  ]
}

async function measureStart(main: string, urls: Urls): Promise<number> {
  const startedAt = performance.now()
  const server = await launchGateway({ urls, main })
  try {
    while (!(await answers(server.port))) {
      if (server.hasEnded()) throw new Error(`it has ended: ${server.complaints()}`)
      if (performance.now() - startedAt > giveUpAfterMs) throw new Error(describeSilence(server))
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
    }
    return performance.now() - startedAt
  } finally {
    await server.stop()
  }
}

function describeSilence({ complaints }: Server): string {
  return `it has not answered a page within ${giveUpAfterMs} ms. ${complaints()}`
}

/** Whether it answers a whole page now; the port is refused until it listens. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { port, host: '127.0.0.1', path: homePath, headers: homeHeaders, agent: false }
    const sent = get(options, (response) => {
      const isPage = response.statusCode === 200 && response.headers['tessera-degraded'] === undefined
      response.resume().on('end', () => resolve(isPage))
    })
    sent.on('error', () => resolve(false))
  })
}
