import { describe, expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { wordRoute } from '../support/words.ts'

async function startWord(word: string, headers: Record<string, string> = {}) {
  const received: { url: string | undefined; headers: Record<string, unknown> }[] = []
  const server = await opened(
    startHttpServer((request, response) => {
      received.push({ url: request.url, headers: request.headers })
      response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ word }))
    }),
  )
  return { url: server.url, received }
}

async function ask(port: number, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/word`, { headers })
  return ((await response.json()) as { word: string }).word
}

const service = (keys: string) => `
service: words
timeout: 2s
${keys}
operations:
  word: { get: /word, out: { word: $.word } }
`

describe('a service in versions, behind a gateway', () => {
  test('answers from the version that a header, a cookie or the weights choose, and the metrics tell', async () => {
    const stable = await startWord('stable')
    const canary = await startWord('canary')
    const { port, adminPort } = await startGateway({
      'services/words': service(`versions:
  stable: { endpoints: [${stable.url}], weight: 3 }
  canary: { endpoints: [${canary.url}] }
split:
  match: [ { when: "request.headers['x-preview'] == 'yes'", to: canary } ]
  sticky: $.request.cookies.session`),
      'routes/word': wordRoute,
    })
    const words: string[] = []
    for (let call = 0; call < 8; call++) words.push(await ask(port))
    expect(words.filter((word) => word === 'canary')).toHaveLength(2)
    for (let call = 0; call < 5; call++) expect(await ask(port, { 'x-preview': 'yes' })).toBe('canary')
    const bySession = new Set<string>()
    for (let session = 0; session < 12; session++) {
      const cookie = `session=s${session}`
      const first = await ask(port, { cookie })
      expect(await ask(port, { cookie })).toBe(first)
      bySession.add(first)
    }
    expect([...bySession].sort()).toEqual(['canary', 'stable'])

    const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
    expect(metrics).toMatch(/tessera_version_total\{service="words",version="canary"\} \d+/)
    expect(metrics).toMatch(/http_client_request_duration_seconds_count\{service="words@stable",operation="word"/)
    const { services } = (await (await fetch(`http://127.0.0.1:${adminPort}/-/endpoints`)).json()) as {
      services: { service: string }[]
    }
    expect(services.map((each) => each.service)).toEqual(['words@stable', 'words@canary'])
  })

  test('does not answer from another version’s cache, and is purged as one service', async () => {
    const stable = await startWord('stable', { 'cache-control': 'max-age=60' })
    const canary = await startWord('canary', { 'cache-control': 'max-age=60' })
    const { port, adminPort } = await startGateway({
      'services/words': service(`versions:
  stable: { endpoints: [${stable.url}] }
  canary: { endpoints: [${canary.url}], weight: 0 }
cache: { ttl: 1m }
split: { match: [ { when: "request.headers['x-preview'] == 'yes'", to: canary } ] }`),
      'routes/word': wordRoute,
    })
    for (let call = 0; call < 3; call++) {
      expect(await ask(port)).toBe('stable')
      expect(await ask(port, { 'x-preview': 'yes' })).toBe('canary')
    }
    expect([stable.received.length, canary.received.length]).toEqual([1, 1])
    const purged = await fetch(`http://127.0.0.1:${adminPort}/cache?service=words`, { method: 'DELETE' })
    expect(purged.status).toBeLessThan(300)
    await ask(port)
    await ask(port, { 'x-preview': 'yes' })
    expect([stable.received.length, canary.received.length]).toEqual([2, 2])
  })

  test('sends copies to the next version, which nobody is answered from', async () => {
    const stable = await startWord('stable')
    const next = await startWord('next')
    const { port, adminPort } = await startGateway({
      'services/words': service(`versions:
  stable: { endpoints: [${stable.url}] }
  next: { endpoints: [${next.url}], weight: 0 }
split: { match: [ { when: "request.headers['x-preview'] == 'yes'", to: next } ] }
mirror: { to: words@next }`),
      'routes/word': wordRoute,
    })
    for (let call = 0; call < 5; call++) expect(await ask(port)).toBe('stable')
    await until(() => next.received.length === 5)
    expect(next.received[0]!.headers['tessera-mirror']).toBe('?1')
    let metrics = ''
    while (!/tessera_mirror_total.*\} 5/.test(metrics)) {
      metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
    }
    expect(metrics).toMatch(/tessera_mirror_total\{service="words@stable",operation="word",result="answered"\} 5/)

    // What goes there itself is not copied there too.
    expect(await ask(port, { 'x-preview': 'yes' })).toBe('next')
    expect(next.received).toHaveLength(6)
    expect(next.received[5]!.headers).not.toHaveProperty('tessera-mirror')
  })
})
