import { describe, expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { request, sendRaw } from '../support/raw.ts'
import { startTcpServer } from '../support/servers.ts'
import { type BrokenAnswer, brokenBodies, brokenHeads, noAnswers } from '../support/transports/broken-answers.ts'
import { until } from '../support/waiting.ts'

/** A `proxy:` route before a backend that answers so. */
async function startBefore([, bytes, then]: BrokenAnswer) {
  const { url } = await opened(
    startTcpServer((socket) => {
      socket.write(bytes, () => {
        if (then === 'end') socket.end()
        // So that what was written arrives before.
        if (then === 'reset') setImmediate(() => socket.resetAndDestroy())
      })
    }),
  )
  return startGateway({
    'services/shop': `service: shop\nendpoints: [${url}]\n`,
    'routes/shop': 'match: ANY /shop/*rest\nproxy: shop\n',
  })
}

// The table that calls are held to (transport-faults.ts).
describe('what breaks a call breaks what is passed through', () => {
  test.each(brokenHeads)('by %s: 502, invalid-response', async (...broken) => {
    const { port } = await startBefore(broken)
    const answer = await sendRaw(port, request('GET /shop/x HTTP/1.1'))
    expect([answer.status, answer.json()['code']]).toEqual([502, 'invalid-response'])
  })

  test.each(noAnswers)('by a server that %s: 502, unavailable', async (...broken) => {
    const { port } = await startBefore(broken)
    const answer = await sendRaw(port, request('GET /shop/x HTTP/1.1'))
    expect([answer.status, answer.json()['code']]).toEqual([502, 'unavailable'])
  })

  test.each(brokenBodies)('by %s: the answer is cut for the client too, and told as broken', async (...broken) => {
    const { port, entries } = await startBefore(broken)
    const answer = await sendRaw(port, request('GET /shop/x HTTP/1.1'))
    await until(() => entries.length === 1)
    expect(entries[0]).toMatchObject({ error: 'invalid-response' })
    const isWhole = answer.text.endsWith('0\r\n\r\n') || answer.body.length >= 100
    expect(answer.status === 502 || !isWhole).toBe(true)
  })
})
