import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from '@jest/globals'
import { afterTest, opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { parseAnswer } from '../support/raw.ts'
import { startHttpServer } from '../support/servers.ts'
import { pause } from '../support/waiting.ts'

/** Writes all of it, piece by piece, and reads only then: what a client hears that does one after the other. */
async function writeThenRead(port: number, pieces: readonly string[], betweenMs = 0) {
  const socket = connect(port, '127.0.0.1')
  afterTest(() => socket.destroy())
  const errors: string[] = []
  socket.on('error', ({ message }) => errors.push(message))
  await once(socket, 'connect')
  for (const piece of pieces) {
    if (socket.destroyed) break
    if (!socket.write(piece)) await Promise.race([once(socket, 'drain'), once(socket, 'close')])
    if (betweenMs > 0) await pause(betweenMs)
  }
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes
  })
  if (!socket.closed) await once(socket.end(), 'close')
  return { status: parseAnswer(text).status, errors }
}

async function start() {
  const backend = await opened(
    startHttpServer((incoming, response) => void incoming.resume().once('end', () => response.end('{}'))),
  )
  const { port } = await startGateway({
    gateway: 'defaults: { maxRequestBody: 64KB }',
    'services/shop': `service: shop\nendpoints: [${backend.url}]\n`,
    'routes/page': 'match: POST /page\nin: { word: $ }\nresponse: { body: $.word }\n',
    'routes/shop': 'match: ANY /shop/*rest\nproxy: shop\n',
  })
  return port
}

const piece = 'x'.repeat(40_000)
const head = (path: string, ...lines: string[]) =>
  `${[`POST ${path} HTTP/1.1`, 'Host: a', 'Content-Type: application/json', ...lines].join('\r\n')}\r\n\r\n`
const withLength = (path: string) => [head(path, 'Content-Length: 200000'), ...Array.from({ length: 5 }, () => piece)]
const inChunks = (path: string) => [
  head(path, 'Transfer-Encoding: chunked'),
  ...Array.from({ length: 5 }, () => `9c40\r\n${piece}\r\n`),
  '0\r\n\r\n',
]

const refused = [
  ['413 of a page, by its length', withLength('/page'), 413],
  ['413 of a page, in chunks', inChunks('/page'), 413],
  ['413 of what is passed on, by its length', withLength('/shop/x'), 413],
  ['413 of what is passed on, in chunks', inChunks('/shop/x'), 413],
  ['400 for a path', withLength('/shop/%2e%2e/x'), 400],
  ['404', withLength('/nothing'), 404],
  ['431 for its head', ['GET / HTTP/1.1\r\nHost: a\r\n', ...Array.from({ length: 5 }, () => `X-A: ${piece}\r\n`)], 431],
  ['400 for what is no HTTP', [`nonsense\r\n\r\n${piece}`, ...Array.from({ length: 5 }, () => piece)], 400],
] as const

test.each(refused)(
  'every client hears that it is refused who reads when it has sent all: %s',
  async (_, pieces, status) => {
    const port = await start()
    const heard: unknown[] = []
    for (let round = 0; round < 40; round++) heard.push((await writeThenRead(port, pieces)).status)
    expect(heard).toEqual(Array.from({ length: 40 }, () => status))
  },
)

test.each(refused)('also one that takes longer than a second: %s', async (_, pieces, status) => {
  const port = await start()
  expect(await writeThenRead(port, pieces, 400)).toEqual({ status, errors: [] })
})
