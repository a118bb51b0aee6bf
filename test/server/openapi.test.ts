import { describe, expect, test } from '@jest/globals'
import { startGateway, writeFiles } from '../support/gateway.ts'
import { wordRoute, wordService } from '../support/words.ts'

const files = { 'services/words': wordService('http://127.0.0.1:9'), 'routes/word': wordRoute }

async function start(gateway: string, more: Record<string, string> = {}) {
  const running = await startGateway({ ...files, ...more, gateway }, { adminPort: false })
  const ask = async (options?: RequestInit, path = '/openapi.json') => {
    const response = await fetch(`http://127.0.0.1:${running.port}${path}`, options)
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
  }
  return { ...running, ask }
}

describe('/openapi.json', () => {
  test('is what the gateway answers, when its file says so', async () => {
    const { ask, gateway, entries } = await start('openapi: true')
    const { status, type, text } = await ask()
    expect({ status, type }).toEqual({ status: 200, type: 'application/json; charset=utf-8' })
    const document = JSON.parse(text)
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { version: gateway.snapshot.version },
      paths: { '/word': { get: {} } },
    })
    expect((await ask({ method: 'HEAD' })).text).toBe('')
    expect((await ask({}, '/openapi.json?x=1')).text).toBe(text)
    expect(entries.map((entry) => entry.status)).toEqual([200, 200, 200])
  })

  test('follows a reload', async () => {
    const { ask, gateway, directory } = await start('openapi: true')
    writeFiles(directory, { 'routes/second': 'match: GET /second\nresponse: { body: 2 }\n' })
    await gateway.reload()
    expect(Object.keys(JSON.parse((await ask()).text).paths)).toEqual(['/second', '/word'])
  })

  test('is not there otherwise, nor for other methods', async () => {
    const { ask } = await start('defaults: { timeout: 1s }')
    expect((await ask()).status).toBe(404)
    const enabled = await start('openapi: true')
    expect((await enabled.ask({ method: 'POST' })).status).toBe(404)
  })

  test('is a route of that path, where there is one', async () => {
    const { ask } = await start('openapi: true', {
      'routes/own': 'match: GET /openapi.json\nresponse: { body: own }\n',
    })
    expect((await ask()).text).toBe('"own"')
  })
})
