import { afterFile } from './cleanup.ts'
import { type Running, startTessera } from './tessera.ts'
import { until } from './waiting.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into lines of many shapes, and a wrong look fails the test
export type LogLine = Record<string, any>

export interface ServeOptions {
  /** `config/gateway.yaml`; the demo's own by default. */
  readonly config?: string
  readonly env?: Record<string, string>
  readonly logLevel?: string
  readonly nodeArgs?: readonly string[]
}

/** A `tessera serve` in a process of its own. */
export interface Served {
  readonly pid: number
  readonly port: number
  readonly url: string
  readonly adminUrl: string
  /** Its log so far. */
  lines(): LogLine[]
  /** All that it has printed, the log and the rest. */
  output(): string
  /** The access log's line of a request that was sent with this `x-request-id`. */
  accessLine(requestId: string): Promise<LogLine>
  signal(signal: NodeJS.Signals): void
  isRunning(): boolean
  readonly ended: Promise<{ code: number | null }>
  /** SIGTERM; gives the exit code. */
  stop(): Promise<number | null>
}

/** Starts `tessera serve` on free ports; it ends with the file's tests. */
export async function startServe(options: ServeOptions = {}): Promise<Served> {
  const { config = 'config/gateway.yaml', env = {}, logLevel = 'info', nodeArgs = [] } = options
  const args = ['serve', '-c', config, '--port', '0', '--admin-port', '0', '--log-level', logLevel]
  const running = startTessera(args, { env: { ...withoutOtel(), ...env }, nodeArgs })
  afterFile(async () => {
    running.child.kill('SIGKILL')
    await running.ended
  })
  const isRunning = () => running.child.exitCode === null && running.child.signalCode === null
  const look = () => {
    if (!isRunning()) throw new Error(`it ended:\n${running.stdout()}\n${running.stderr()}`)
    return linesOf(running).find(({ msg }) => msg === 'listening')
  }
  const { port, adminPort } = await until(look, 'it listens')

  return {
    pid: running.child.pid!,
    port,
    url: `http://127.0.0.1:${port}`,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    lines: () => linesOf(running),
    output: () => running.stdout() + running.stderr(),
    accessLine: (requestId) =>
      until(
        () => (running.stdout().includes(requestId) ? findAccessLine(running, requestId) : undefined),
        `a line of the request ${requestId}`,
      ),
    signal: (signal) => void running.child.kill(signal),
    isRunning,
    ended: running.ended,
    async stop() {
      running.child.kill('SIGTERM')
      return (await running.ended).code
    },
  }
}

/** The lines that tell of a failure of the gateway's own, whatever its backends and clients did. */
export function ownFailures(served: Served): LogLine[] {
  return served.lines().filter(({ level, msg, err }) => level === 'fatal' || (err !== undefined && msg !== 'request'))
}

function findAccessLine(running: Running, requestId: string): LogLine | undefined {
  return linesOf(running).find((line) => line['msg'] === 'request' && line['request_id'] === requestId)
}

/** Whole lines of JSON; the last one may still be on its way. */
function linesOf(running: Running): LogLine[] {
  return running
    .stdout()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

function withoutOtel(): Record<string, string> {
  return Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => name.startsWith('OTEL_'))
      .map((name) => [name, '']),
  )
}
