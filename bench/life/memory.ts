import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { startBackends } from '../harness/backends.ts'
import { chooseLoadTool } from '../harness/load.ts'
import { readResidentBytes } from '../harness/processor.ts'
import { describeBackends } from '../scenarios/home/data.ts'
import { probeArgs, readHoldings } from './probe.ts'
import { homeHeaders, homePath, type Server, startGateway } from './processes.ts'
import { type Finding, findAtMost, findOut, type LifeOptions, type LifeScenario } from './scenario.ts'
import { percentile } from './statistics.ts'

const promisedMb = 120
const loadConnections = 32
const idleConnections = 2_000
const openedAtOnce = 100
const sampleEveryMs = 250
const settleMs = 3_000

/** Resident memory of the process, as the kernel counts it: at rest, under full load, with idle clients, and after. */
export const memory: LifeScenario = {
  name: 'memory',
  summary: 'Resident memory at rest, under full load, per 1,000 idle connections, and after.',
  async run({ seconds, tell }) {
    const backends = await startBackends(describeBackends())
    try {
      const server = await startGateway({ urls: backends.urls, nodeArgs: probeArgs })
      try {
        return [...(await measureLoad(server, seconds, tell)), ...(await measureIdleConnections(server))]
      } finally {
        await server.stop()
      }
    } finally {
      await backends.stop()
    }
  },
}

const toMb = (bytes: number) => bytes / 1024 ** 2
const readMb = ({ pid }: Server) => toMb(readResidentBytes(pid))

async function measureLoad(server: Server, seconds: number, tell: LifeOptions['tell']): Promise<Finding[]> {
  await pause(settleMs)
  const atRestMb = readMb(server)
  const samples: number[] = []
  const sampler = setInterval(() => samples.push(readMb(server)), sampleEveryMs)
  const target = { url: `http://127.0.0.1:${server.port}${homePath}`, headers: homeHeaders }
  const { requests, failures } = await chooseLoadTool().send(target, loadConnections, Math.ceil(seconds))
  clearInterval(sampler)
  if (failures > 0) throw new Error(`${failures} of ${requests} requests failed under load`)
  tell(`memory: ${requests} requests; ${samples.map((mb) => mb.toFixed(0)).join(' ')} MB`)
  await pause(settleMs)
  const { heapBytes } = await readHoldings(server)
  return [
    findOut('at rest, after its first page', `${atRestMb.toFixed(0)} MB`),
    findAtMost('under full load, median', percentile(samples, 50), promisedMb, 'MB', 0),
    findAtMost('under full load, most', Math.max(...samples), promisedMb, 'MB', 0),
    findOut(
      'after the load and a garbage collection',
      `${readMb(server).toFixed(0)} MB, heap ${toMb(heapBytes).toFixed(1)} MB`,
    ),
  ]
}

/** Each has asked for one page before, so it is past the time in which a silent client is cut. */
async function measureIdleConnections(server: Server): Promise<Finding[]> {
  await readHoldings(server)
  const beforeMb = readMb(server)
  const sockets: Socket[] = []
  while (sockets.length < idleConnections) {
    const left = Math.min(openedAtOnce, idleConnections - sockets.length)
    sockets.push(...(await Promise.all(Array.from({ length: left }, () => openIdle(server.port)))))
  }
  const { heapBytes, sockets: held } = await readHoldings(server)
  if (held < idleConnections) throw new Error(`only ${held} of ${idleConnections} idle connections are open`)
  const withMb = readMb(server)
  for (const socket of sockets) socket.destroy()
  await pause(settleMs)
  const after = await readHoldings(server)
  const kb = ((withMb - beforeMb) * 1024) / idleConnections
  const per1000 = `${((kb * 1000) / 1024).toFixed(1)} MB resident (${kb.toFixed(1)} KB each)`
  const heapKb = (heapBytes - after.heapBytes) / 1024 / idleConnections
  return [
    findOut('per 1,000 idle connections', `${per1000}, of it ${heapKb.toFixed(1)} KB each in the heap`),
    findOut(
      `after ${idleConnections} connections were closed`,
      `${readMb(server).toFixed(0)} MB, heap ${toMb(after.heapBytes).toFixed(1)} MB, ${after.sockets} sockets`,
    ),
  ]
}

/** Opens a connection, has one page by it, and leaves it open. */
async function openIdle(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  const headers = Object.entries(homeHeaders).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`GET ${homePath} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers.join('')}\r\n`)
  const [first] = (await once(socket, 'data')) as [Buffer]
  if (!first.toString('latin1').startsWith('HTTP/1.1 200 ')) throw new Error('an idle connection got no page')
  socket.on('error', () => {}).resume()
  return socket
}
