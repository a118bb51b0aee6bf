import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startDemoBackends } from '../../demo/backends.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import { createGateway, type Gateway } from '../../src/server/gateway.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { type GuideBlock, matchesShown, parseGuide } from '../support/guide.ts'
import { runTessera } from '../support/tessera.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const guides = readdirSync(join(root, 'docs/guides')).filter((name) => name.endsWith('.md') && !hasTestOfItsOwn(name))

/** Guides whose blocks are of another form are run beside what they are about. */
function hasTestOfItsOwn(name: string): boolean {
  return !/^(first-route|bodies|colors|failure-and-fallback|endpoints|testing-a-route|operating|extending|caching|versions|overload|security|browsers|steps)\.md$/.test(
    name,
  )
}

/** Pages show timeouts as operators have them; on a slow machine they are to last. */
const slower = 4
const unhurried: Clock = {
  ...systemClock,
  now: () => systemClock.now() / slower,
  schedule: (delayMs, callback, owner) => systemClock.schedule(delayMs * slower, callback, owner),
}

let demo: Awaited<ReturnType<typeof startDemoBackends>>
beforeAll(async () => {
  demo = await startDemoBackends({ portBase: 0, env: { DEMO_LATENCY: '0' } })
})
afterAll(() => demo.stop())

/** A reader's folder and what runs in it. */
class Reader {
  readonly folder = mkdtempSync(join(tmpdir(), 'tessera-guide-'))
  #gateway: Gateway | undefined
  #ports: { port: number; adminPort: number | undefined } | undefined

  async follow(block: GuideBlock): Promise<string> {
    if (block.kind === 'file') {
      const path = join(this.folder, block.path)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, block.text)
      await this.#gateway?.reload()
      return ''
    }
    const { command } = block
    if (command === 'npm run demo') return ''
    if (command === 'npm ci && npm start') return this.#start()
    if (command === 'npm run check') return this.#tessera(['check'])
    if (command === 'git checkout routes/home.yaml') return this.copyDemo()
    if (/^(sed -i|cat) /.test(command)) return this.#run('sh', ['-c', command])
    const trouble = /^npm run trouble -- (\S+) (\S+)(?: (\d+))?$/.exec(command)
    if (trouble) return this.#trouble(trouble[1]!, trouble[2]!, trouble[3])
    if (/^npx tessera (dev|serve)$/.test(command)) return this.#start()
    if (command.startsWith('npx tessera ')) return this.#tessera(command.slice('npx tessera '.length).split(' '))
    if (command.startsWith('curl ')) return this.#curl(command)
    throw new Error(`line ${block.line}: nothing runs \`${command}\``)
  }

  get #env() {
    return { ...demo.env, NO_COLOR: '1' }
  }

  /** The demo's own configuration, as a checkout has it. */
  copyDemo(): string {
    for (const part of ['config', 'routes']) cpSync(join(root, part), join(this.folder, part), { recursive: true })
    return ''
  }

  async close(): Promise<void> {
    await this.#trouble('all', 'none', undefined)
    await this.#gateway?.close()
    rmSync(this.folder, { recursive: true })
  }

  async #trouble(service: string, mode: string, status: string | undefined): Promise<string> {
    for (const backend of demo.services) {
      if (service !== 'all' && service !== backend.name) continue
      await backend.ask({ mode, ...(status && { status: Number(status) }) } as never)
    }
    return ''
  }

  async #start(): Promise<string> {
    const env = { ...demo.env }
    const config = join(this.folder, 'config/gateway.yaml')
    this.#gateway = await createGateway({
      config,
      port: 0,
      adminPort: 0,
      env,
      watch: false,
      clock: unhurried,
      logger: createLogger({ level: 'silent' }),
    })
    this.#ports = await this.#gateway.listen()
    return ''
  }

  async #tessera(args: readonly string[]): Promise<string> {
    const { stdout, stderr } = await runTessera(args, { cwd: this.folder, env: this.#env })
    return stdout || stderr
  }

  #curl(command: string): Promise<string> {
    const { port, adminPort } = this.#ports!
    const local = command
      .replace('localhost:8080', `localhost:${port}`)
      .replace('localhost:9900', `127.0.0.1:${adminPort}`)
    return this.#run('sh', ['-c', local])
  }

  #run(file: string, args: readonly string[]): Promise<string> {
    const env = { ...process.env, ...this.#env }
    return new Promise((resolve) => {
      execFile(file, args, { cwd: this.folder, env }, (_error, stdout, stderr) => resolve(stdout || stderr))
    })
  }
}

/** Does what a page says, block by block; the first output that is not as shown fails. */
async function followPage(page: string, reader: Reader): Promise<void> {
  try {
    for (const block of parseGuide(readFileSync(join(root, page), 'utf8'))) {
      const output = await reader.follow(block)
      if (block.kind === 'file' || block.output.length === 0 || matchesShown(output, block.output)) continue
      // Shown whole, so that the page can be mended from it.
      expect(`${page}:${block.line} $ ${block.command}\n${output}`).toBe(block.output.join('\n'))
    }
  } finally {
    await reader.close()
  }
}

describe('the pages', () => {
  test.each(guides)('docs/guides/%s does what it says', (name) => followPage(`docs/guides/${name}`, new Reader()))

  test('README.md does what it says', async () => {
    const reader = new Reader()
    reader.copyDemo()
    await followPage('README.md', reader)
  })

  test('README.md links every guide', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    for (const name of readdirSync(join(root, 'docs/guides'))) expect(readme).toContain(`docs/guides/${name}`)
  })
})
