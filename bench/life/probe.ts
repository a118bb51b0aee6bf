import { setTimeout as pause } from 'node:timers/promises'
import type { Server } from './processes.ts'

/**
 * What a process holds after the most thorough garbage collection there is. A plain `gc()` leaves what V8 keeps in case
 * it is needed again: after each reload some 5 KB, which look like a leak and are given back when memory is short.
 */
export interface Holdings {
  readonly heapBytes: number
  /** Sockets, also those that listen. */
  readonly sockets: number
  /** All else that libuv holds: timers, watches, pipes. */
  readonly handles: number
}

const report = `
let asked = 0
process.on('SIGUSR2', () => {
  gc({ type: 'major', flavor: 'last-resort' })
  const names = process.getActiveResourcesInfo().filter((name) => name !== 'Immediate')
  const sockets = names.filter((name) => name.startsWith('TCP')).length
  const heapBytes = process.memoryUsage().heapUsed
  console.error('HOLDINGS ' + JSON.stringify({ asked: ++asked, heapBytes, sockets, handles: names.length - sockets }))
})`

/** Node's arguments for a server that can be asked. It answers at SIGUSR2, on standard error, and does nothing else. */
export const probeArgs = ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(report)}`]

const answerWithinMs = 5_000

/** Asks a server that was started with `probeArgs`. */
export async function readHoldings(server: Server): Promise<Holdings> {
  const before = readLast(server)?.asked ?? 0
  process.kill(server.pid, 'SIGUSR2')
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
