import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { runCli } from '../../src/cli/index.ts'
import { patienceMs } from './waiting.ts'

export const mainScript = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
export const projectRoot = dirname(dirname(mainScript))

export interface RunHereOptions {
  readonly cwd?: string
  readonly env?: Record<string, string>
  /** What it reads from its standard input. */
  readonly input?: string
}

export interface RunOptions extends Omit<RunHereOptions, 'input'> {
  readonly nodeArgs?: readonly string[]
  /** Another way to start it than `src/main.ts`. */
  readonly script?: string
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  /** What it has printed so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  readonly ended: Promise<Ended>
  /** Resolves once standard output holds the text (or the expression matches); rejects when the process ends first. */
  until(pattern: string | RegExp): Promise<void>
}

/** Starts `tessera …` in a process of its own. */
export function startTessera(args: readonly string[], options: RunOptions = {}): Running {
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), options.script ?? mainScript, ...args], {
    cwd: options.cwd ?? projectRoot,
    env: environmentOf(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  let listeners: (() => void)[] = []
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
    for (const listen of listeners) listen()
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }))
  const until = (pattern: string | RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        const found = typeof pattern === 'string' ? stdout.includes(pattern) : pattern.test(stdout)
        if (!found) return
        listeners = listeners.filter((listener) => listener !== look)
        resolve()
      }
      listeners.push(look)
      look()
      const giveUp = (why: string) => reject(new Error(`${why} without ${pattern}:\n${stdout}\n${stderr}`))
      setTimeout(giveUp, patienceMs, `${patienceMs} ms went by`).unref()
      void ended.then(() => giveUp('it ended'))
    })
  return { child, stdout: () => stdout, stderr: () => stderr, ended, until }
}

/**
 * Runs `tessera …` to its end, in this process: what it prints and gives is what a process of its own would
 * (`usage.test.ts` holds each command to that). One at a time, since they share what a process has once.
 */
export function runTessera(args: readonly string[], options: RunHereOptions = {}): Promise<Ended> {
  const run = lastRun.then(() => runHere(args, options))
  lastRun = run.catch(() => {})
  return run
}

let lastRun: Promise<unknown> = Promise.resolve()

async function runHere(args: readonly string[], options: RunHereOptions): Promise<Ended> {
  const { stdout, stderr } = process
  const before = { cwd: process.cwd(), env: process.env }
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin')!
  const printed = [capture(stdout), capture(stderr)] as const
  process.chdir(options.cwd ?? projectRoot)
  process.env = environmentOf(options)
  Object.defineProperty(process, 'stdin', { ...stdin, get: () => new PassThrough().end(options.input) })
  try {
    const code = await runCli(args)
    return { code, stdout: printed[0].text(), stderr: printed[1].text() }
  } finally {
    for (const { stop } of printed) stop()
    Object.defineProperty(process, 'stdin', stdin)
    process.env = before.env
    process.chdir(before.cwd)
  }
}

/** Takes what is printed from here on. */
function capture(stream: NodeJS.WriteStream) {
  const { write } = stream
  const listeners = stream.listeners('error')
  let text = ''
  stream.write = (some: string | Uint8Array) => {
    text += typeof some === 'string' ? some : Buffer.from(some).toString()
    return true
  }
  const stop = () => {
    stream.write = write
    for (const listener of stream.listeners('error') as (() => void)[])
      if (!listeners.includes(listener)) stream.off('error', listener)
  }
  return { text: () => text, stop }
}

function environmentOf({ env }: RunHereOptions): NodeJS.ProcessEnv {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...inherited } = process.env
  return { ...inherited, ...env }
}

/** A directory with these files; `remove` it afterwards. */
export async function createProject(files: Record<string, string>): Promise<{ root: string; remove(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'tessera-cli-'))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text)
  }
  return { root, remove: () => rm(root, { recursive: true, force: true }) }
}

/** Answers as the backend of that project does. */
export const answerBanners: RequestListener = (_request, response) => {
  response.setHeader('content-type', 'application/json').end('{"items":["b1"]}')
}

/** A small project that has no faults; nothing listens at its backend. */
export const goodProject = {
  'config/gateway.yaml': 'listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\n',
  'config/dictionary.yaml': `colors:
  user.id: { type: string, sensitivity: pii }
  banner.list: { type: array }
`,
  'config/services/content.yaml': `service: content
endpoints: ["\${env.CONTENT_URL:-http://127.0.0.1:9}"]
operations:
  banners:
    get: /banners
    in: { user.id?: query.user }
    out: { banner.list: $.items }
`,
  'routes/home.yaml': `match: GET /home
summary: 首页
in: { user.id?: query.user }
do:
  - invoke: content.banners
response:
  body: { banners: $.banner.list }
`,
}
