/**
 * A process that makes four calls at once to each backend it is told of, and says what came of them, by how much its
 * resident memory grew at the most, and how long it computed without a pause. That is counted in processor time, so that
 * a busy machine does not count.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { decodeBody } from '../../../src/calls/decode.ts'
import { Scope } from '../../../src/cancellation.ts'
import { GatewayError } from '../../../src/errors.ts'
import { transports } from '../../../src/transports/index.ts'
import { defaultChannelOptions } from '../../../src/transports/transport.ts'

export interface HostileCalls {
  readonly transport: string
  readonly urls: Readonly<Record<string, string>>
}

export interface Endured {
  readonly codes: readonly string[]
  readonly grownMb: number
  readonly busyMs: number
}

const maxResponseBytes = 2 * 1024 * 1024
const timeoutMs = 3000

const { transport, urls } = JSON.parse(process.argv[2]!) as HostileCalls
// What is compiled and warm is not what is asked for.
await callFour(urls['well']!)
const endured: Record<string, Endured> = {}
for (const [what, url] of Object.entries(urls)) endured[what] = await endure(url)
process.stdout.write(JSON.stringify(endured))

async function endure(url: string): Promise<Endured> {
  globalThis.gc?.()
  await pause(50)
  const beforeMb = readStatusMb('VmRSS')
  writeFileSync('/proc/self/clear_refs', '5')
  const tellBusyMs = watchLoop()
  const codes = await callFour(url)
  return { codes, grownMb: readStatusMb('VmHWM') - beforeMb, busyMs: tellBusyMs() }
}

/** The most that was computed between two turns of the loop. */
function watchLoop(): () => number {
  const now = () => process.threadCpuUsage().user / 1000
  let last = now()
  let most = 0
  const look = () => {
    const at = now()
    most = Math.max(most, at - last)
    last = at
  }
  const timer = setInterval(look, 1)
  return () => {
    clearInterval(timer)
    look()
    return most
  }
}

async function callFour(url: string): Promise<string[]> {
  const channel = transports.get(transport)!.open(new URL(url), '127.0.0.1', defaultChannelOptions)
  const codes = await Promise.all(
    [1, 2, 3, 4].map(async () => {
      const scope = new Scope()
      const timer = setTimeout(() => scope.cancel(new GatewayError('timeout')), timeoutMs)
      try {
        const request = {
          method: 'GET',
          path: '/',
          headers: [],
          body: undefined,
          timeLeftMs: timeoutMs,
          maxResponseBytes,
        }
        await decodeBody(await channel.send(request, scope), maxResponseBytes, scope)
        return 'ok'
      } catch (error) {
        return error instanceof GatewayError ? error.code : String(error)
      } finally {
        clearTimeout(timer)
      }
    }),
  )
  await channel.close()
  return codes
}

function readStatusMb(name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024
}
