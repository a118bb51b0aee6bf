import type { Socket } from 'node:net'
import { createGzip, gzipSync } from 'node:zlib'
import type { GatewayPromise, Sight } from '../promise.ts'
import { startRawBackend } from '../scene/backend.ts'
import { type Gateway, startGateway, writeProject } from '../scene/gateway.ts'
import { collectGarbage, lagArgs, readLagMs, readMemoryMb, resetPeak } from '../scene/lag.ts'
import { ask, load } from '../scene/load.ts'
import { watchMachine } from '../scene/machine.ts'
import { pause } from '../scene/pause.ts'
import type { Scene } from '../scene/scene.ts'
import { seeAtMost, seeNone, seeTimeAtMost } from '../sights.ts'

const mostExtraMb = 32
const mostLagMs = 250
const deep = 100_000
const bombMb = 512

const json = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
const deepList = '['.repeat(deep) + ']'.repeat(deep)
const deepObject = `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`
const chunk = `10000\r\n"${'x'.repeat(0x10000 - 2)}"\r\n`

const project = {
  'dictionary.yaml': 'colors: { word: {}, sent: {} }\n',
  'services/heavy.yaml': `service: heavy
endpoints: ["\${env.HEAVY_URL}"]
timeout: 2s
operations:
  call: { get: '/{word}', out: { sent: $.list } }
  read: { get: '/read/{word}', out: { sent: $ } }
`,
  // One route whose answer is made of values, one whose answer may stay bytes.
  'routes/call.yaml':
    'match: GET /call/{way}\ntimeout: 3s\nin: { word: path.way }\ndo: [ { invoke: heavy.call } ]\nresponse: { body: { sent: $.sent, size: "${ size(sent) }" } }\n',
  'routes/read.yaml':
    'match: GET /read/{way}\ntimeout: 3s\nin: { word: path.way }\ndo: [ { invoke: heavy.read } ]\nresponse: { body: $.sent }\n',
  'routes/send.yaml':
    'match: POST /send\nin: { sent: $ }\ndo: [ { assign: { word: $.sent } } ]\nresponse: { body: $.word }\n',
}

const fine = gzipSync(JSON.stringify({ list: Array.from({ length: 5_000 }, (_, index) => index) }))
const answerWell = (socket: Socket) => {
  socket.write(`${json}Content-Encoding: gzip\r\nContent-Length: ${fine.length}\r\n\r\n`)
  socket.write(fine)
}

/** What a backend does that costs it little. */
const answers: Readonly<Record<string, (socket: Socket) => void>> = {
  endless: (socket) => {
    socket.write(`${json}Transfer-Encoding: chunked\r\n\r\n`)
    const more = () => {
      while (!socket.destroyed && socket.write(chunk)) {}
    }
    socket.on('drain', more)
    more()
  },
  bomb: (socket) => {
    socket.write(`${json}Content-Encoding: gzip\r\nConnection: close\r\n\r\n`)
    const packed = createGzip()
    packed.on('error', () => {})
    packed.pipe(socket)
    const zeros = Buffer.alloc(1024 * 1024)
    for (let count = 0; count < bombMb; count++) packed.write(zeros)
    packed.end()
  },
  list: (socket) => void socket.write(`${json}Content-Length: ${deepList.length}\r\n\r\n${deepList}`),
  object: (socket) => void socket.write(`${json}Content-Length: ${deepObject.length}\r\n\r\n${deepObject}`),
  header: (socket) => void socket.write(`${json}X-A: ${'a'.repeat(64 * 1024 * 1024)}`),
}

/** Attacks one after the other. */
export const asymmetry: GatewayPromise = {
  name: 'asymmetry',
  promised: `endless body, gzip bomb, 100k-deep JSON: ≤ ${mostExtraMb} MiB extra memory, event loop lag < ${mostLagMs} ms`,
  async look(scene) {
    const backend = await startRawBackend(scene, (head, socket) =>
      (answers[/\/(\w+) HTTP/.exec(head)?.[1] ?? ''] ?? answerWell)(socket),
    )
    const { config } = writeProject(scene, project)
    const env = { HEAVY_URL: backend.url }
    const gateway = await startGateway(scene, { config, env, nodeArgs: lagArgs })
    // So that what is at rest has loaded and compiled what any answer takes.
    for (const path of ['/call/fine', '/read/fine']) await load(gateway.port, path, { perSecond: 200, seconds: 3 })
    await collectGarbage(gateway)
    const { nowMb } = readMemoryMb(gateway)
    const sights: Sight[] = []
    for (const way of Object.keys(answers)) {
      const send = (path: string) => ask(`${gateway.url}/${path}/${way}`, { timeoutMs: 10_000 })
      sights.push(
        ...(await lookAtAttack(scene, gateway, nowMb, `a backend’s ${way}`, async (index) => {
          const { status } = await send(index % 2 === 0 ? 'call' : 'read')
          return status === 502 || status === 504 ? undefined : `${status}`
        })),
      )
    }
    for (const [what, body] of Object.entries({ list: deepList, object: deepObject })) {
      sights.push(
        ...(await lookAtAttack(scene, gateway, nowMb, `a client’s 100k-deep ${what}`, async () => {
          const headers = { 'content-type': 'application/json' }
          const { status } = await ask(`${gateway.url}/send`, { method: 'POST', headers, body })
          return status >= 400 && status < 500 ? undefined : `${status}`
        })),
      )
    }
    return sights
  },
}

async function lookAtAttack(
  scene: Scene,
  gateway: Gateway,
  atRestMb: number,
  what: string,
  attack: (index: number) => Promise<string | undefined>,
): Promise<Sight[]> {
  const count = scene.pick(4, 20)
  const wrong: string[] = []
  await pause(500)
  resetPeak(gateway)
  await readLagMs(gateway)
  const tellDisturbance = watchMachine()
  for (let index = 0; index < count; index++) {
    const fault = await attack(index).catch(String)
    if (fault !== undefined) wrong.push(fault)
  }
  const lagMs = await readLagMs(gateway)
  const disturbance = tellDisturbance()
  return [
    seeAtMost(`${what}: extra memory`, readMemoryMb(gateway).peakMb - atRestMb, mostExtraMb, 'MiB'),
    seeTimeAtMost(`${what}: event loop lag, most`, lagMs, mostLagMs, disturbance),
    seeNone(`${what}: not refused`, wrong, count),
  ]
}
