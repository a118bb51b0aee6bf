import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { homeRoute, homeWithRoutes } from '../scenarios/home/texts.ts'
import { homeHeaders, homePath, type Server, startGateway, startMarkingBackends } from './processes.ts'
import { findOut, type LifeScenario } from './scenario.ts'
import { percentile } from './statistics.ts'

const hold = { leastMs: 5, mostMs: 50 }
const warmUpRequests = 300
const mostPages = 400

interface Times {
  /** Until the first member that a backend gave, and until all of it. */
  readonly firstMs: number
  readonly lastMs: number
}

/** How much sooner a page begins that goes out in parts, and what all of it costs then: of pages asked for one by one. */
export const firstPart: LifeScenario = {
  name: 'first-part',
  summary: `A page in parts beside the whole, of five backends of ${hold.leastMs} to ${hold.mostMs} ms.`,
  async run({ tell }) {
    const backends = await startMarkingBackends(hold)
    const folder = writeProject()
    try {
      const server = await startGateway({ urls: backends.urls, config: join(folder, 'gateway.yaml') })
      try {
        const inParts = await measure(server, 'text/event-stream')
        const whole = await measure(server, 'application/json')
        tell(`${inParts.length} pages in parts, ${whole.length} as a whole`)
        const told = (times: readonly number[]) =>
          `${percentile(times, 50).toFixed(1)} ms, p90 ${percentile(times, 90).toFixed(1)} ms`
        return [
          findOut('In parts: the first of a backend', told(inParts.map(({ firstMs }) => firstMs))),
          findOut('In parts: the last', told(inParts.map(({ lastMs }) => lastMs))),
          findOut('The whole', told(whole.map(({ lastMs }) => lastMs))),
        ]
      } finally {
        await server.stop()
      }
    } finally {
      rmSync(folder, { recursive: true })
      await backends.stop()
    }
  },
}

function writeProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-first-part-'))
  const home = homeRoute.replace('\nresponse:\n', '\nresponse:\n  stream: true\n')
  for (const [path, text] of Object.entries(homeWithRoutes({ home }))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

async function measure(server: Server, accept: string): Promise<Times[]> {
  const found: Times[] = []
  for (let sent = 0; sent < warmUpRequests + mostPages; sent++) {
    const times = await ask(server, accept)
    if (sent >= warmUpRequests) found.push(times)
  }
  return found
}

/** `city` is the client's own: it is there at once. */
const ofBackend = /"path":"\/(?!city")/

function ask({ port }: Server, accept: string): Promise<Times> {
  return new Promise((resolve, reject) => {
    const begunAt = performance.now()
    let text = ''
    let firstMs: number | undefined
    const sent = request({ port, path: homePath, headers: { ...homeHeaders, accept } }, (answer) => {
      answer.on('data', (piece: Buffer) => {
        text += piece.toString()
        if (firstMs === undefined && ofBackend.test(text)) firstMs = performance.now() - begunAt
      })
      answer.on('end', () => {
        const lastMs = performance.now() - begunAt
        resolve({ firstMs: firstMs ?? lastMs, lastMs })
      })
    })
    sent.on('error', reject).end()
  })
}
