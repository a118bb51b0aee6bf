import { type ConnectionOptions, connect } from 'node:tls'
import { issue } from '../../../test/support/certificates.ts'
import { probeArgs, readHoldings } from '../../life/probe.ts'
import type { GatewayPromise } from '../promise.ts'
import { gatewayText, startGateway, writeProject } from '../scene/gateway.ts'
import { readMemoryMb } from '../scene/lag.ts'
import { pause } from '../scene/pause.ts'
import { seeAtMost, seeNone, tell } from '../sights.ts'

const mostGrowthMb = 16
const slices = 10
const atOnce = 32
const patienceMs = 10_000

/** In turn; the last of them goes away in the middle. */
const kinds: readonly (ConnectionOptions | 'torn')[] = [
  { minVersion: 'TLSv1.3', ALPNProtocols: ['h2'] },
  { minVersion: 'TLSv1.3' },
  { maxVersion: 'TLSv1.2' },
  'torn',
]

/** TLS handshakes without end, in slices: what is held after each is what was held after the first. */
export const handshakes: GatewayPromise = {
  name: 'handshakes',
  promised: `100,000 TLS handshakes in ten slices: ≤ ${mostGrowthMb} MiB more than after the first, none left open`,
  async look(scene) {
    const { cert, key } = issue()
    const { config } = writeProject(scene, {
      'dictionary.yaml': 'colors: { word: {} }\n',
      'routes/well.yaml': 'match: GET /well\nresponse: { body: well }\n',
      'gateway.yaml': gatewayText('listen: { port: 8443, tls: { cert: ./a.crt, key: ./a.key }, http2: true }\n'),
      'a.crt': cert,
      'a.key': key,
    })
    const gateway = await startGateway(scene, { config, nodeArgs: probeArgs })
    const count = scene.pick(10_000, 100_000)
    const held: number[] = []
    const sockets = [(await readHoldings(gateway)).sockets]
    const troubles: string[] = []
    for (let slice = 0; slice < slices; slice++) {
      troubles.push(...(await shakeHands(gateway.port, count / slices)))
      await pause(500)
      sockets.push((await readHoldings(gateway)).sockets)
      held.push(readMemoryMb(gateway).nowMb)
      scene.tell(`${((slice + 1) * count) / slices} handshakes: ${held.at(-1)!.toFixed(0)} MiB`)
    }
    const [first = Number.NaN, ...later] = held
    const [before = Number.NaN] = sockets
    return [
      seeNone('whole handshakes that failed', troubles, count),
      seeAtMost('memory at rest after a slice, over the first', Math.max(...later) - first, mostGrowthMb, 'MiB', 1),
      seeAtMost('connections left open after a slice', Math.max(...sockets) - before, 0, ''),
      tell('memory at rest', held.map((mb) => mb.toFixed(0)).join(', ')),
      tell('then', `the gateway ${gateway.hasEnded() ? 'has ended' : 'is up'}`),
    ]
  },
}

/** Some at once, until there were so many; gives what went wrong. */
async function shakeHands(port: number, count: number): Promise<string[]> {
  const troubles: string[] = []
  let next = 0
  const go = async () => {
    while (next < count) {
      const trouble = await shakeHand(port, kinds[next++ % kinds.length]!)
      if (trouble !== undefined) troubles.push(trouble)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, go))
  return troubles
}

function shakeHand(port: number, kind: ConnectionOptions | 'torn'): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = kind === 'torn' ? {} : kind
    const socket = connect({ ...options, host: '127.0.0.1', port, rejectUnauthorized: false })
    let trouble: string | undefined = kind === 'torn' ? undefined : 'it was not done in time'
    if (kind === 'torn') socket.once('connect', () => socket.destroy())
    socket.once('secureConnect', () => {
      trouble = undefined
      socket.destroy()
    })
    socket.setTimeout(patienceMs, () => socket.destroy())
    socket.on('error', ({ message }) => {
      if (kind !== 'torn') trouble = message
    })
    socket.once('close', () => resolve(trouble))
  })
}
