import { setTimeout as pause } from 'node:timers/promises'
import type { Server } from './processes.ts'

/** What a process holds after a garbage collection. */
export interface Holdings {
  readonly heapBytes: number
  /** What buffers hold outside of the heap. */
  readonly bufferBytes: number
  /** Also those that listen. */
  readonly sockets: number
  /** All else that keeps libuv's loop alive: timers, watches, pipes. */
  readonly handles: number
  /** Every timer there is, also those that keep nothing alive; only a complete look counts them. */
  readonly timers?: number
}

const report = `
import { queryObjects } from 'node:v8'
const timer = setTimeout(() => {})
const Timeout = timer.constructor
clearTimeout(timer)
let asked = 0
// V8 forgets compiled code that was not run for six collections, and one such call makes two of them or seven.
function collectAll() {
  for (let time = 0; time < 4; time++) gc({ type: 'major', flavor: 'last-resort' })
}
function report(found) {
  const names = process.getActiveResourcesInfo().filter((name) => name !== 'Immediate')
  const sockets = names.filter((name) => name.startsWith('TCP')).length
  const { heapUsed: heapBytes, arrayBuffers: bufferBytes } = process.memoryUsage()
  const holdings = { heapBytes, bufferBytes, sockets, handles: names.length - sockets, ...found }
  console.error('HOLDINGS ' + JSON.stringify({ asked: ++asked, ...holdings }))
}
process.on('SIGWINCH', () => {
  gc()
  report({})
})
process.on('SIGUSR2', () => {
  collectAll()
  report({})
})
process.on('SIGURG', () => {
  const timers = queryObjects(Timeout)
  collectAll()
  report({ timers })
})`

/** Node's arguments for a server that can be asked. It answers at a signal, on standard error, and does nothing else. */
export const probeArgs = [
  '--expose-gc',
  '--disable-warning=ExperimentalWarning',
  ...['--import', `data:text/javascript,${encodeURIComponent(report)}`],
]

/**
 * How hard to look. `thorough` is the most thorough garbage collection there is: a plain one leaves what V8 keeps in case
 * it is needed again, after each reload some 5 KB, which look like a leak and are given back when memory is short. But it
 * stops the server for 0.2 s and throws away compiled code, which makes it slow for most of a second: not under load.
 * `quick` is the plain one. `complete` counts timers too, which takes a second or two.
 */
export type Look = 'quick' | 'thorough' | 'complete'

const signals = { quick: 'SIGWINCH', thorough: 'SIGUSR2', complete: 'SIGURG' } as const
const answerWithinMs = 20_000

/** Asks a server that was started with `probeArgs`. */
export async function readHoldings(server: Server, look: Look = 'thorough'): Promise<Holdings> {
  const before = readLast(server)?.asked ?? 0
  process.kill(server.pid, signals[look])
  const deadline = performance.now() + answerWithinMs
  for (;;) {
    const last = readLast(server)
    if (last && last.asked > before) return last
    if (server.hasEnded()) throw new Error(`${server.title} has ended: ${server.complaints()}`)
    if (performance.now() > deadline) throw new Error(`${server.title} does not say what it holds`)
    await pause(10)
  }
}

function readLast(server: Server): (Holdings & { readonly asked: number }) | undefined {
  const line = server
    .complaints()
    .match(/^HOLDINGS .*\n/gm)
    ?.at(-1)
  return line && JSON.parse(line.slice('HOLDINGS '.length))
}
