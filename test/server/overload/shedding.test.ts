import { describe, expect, test } from '@jest/globals'
import { BusyLoop } from '../../support/busy-loop.ts'
import { opened } from '../../support/cleanup.ts'
import { startGateway } from '../../support/gateway.ts'
import { startHttpServer } from '../../support/servers.ts'
import { dictionary, wordRoute, wordService } from '../../support/words.ts'

const overload = (heap: string) => `defaults: { timeout: 5s }\noverload: { heap: ${heap} }`

async function startBusy(heap: string) {
  const server = await opened(
    startHttpServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end('{"word":"x"}')
    }),
  )
  const loop = new BusyLoop()
  const running = await startGateway(
    {
      gateway: overload(heap),
      dictionary: dictionary.replace('user.id: { type: string }', 'user.id: { type: string, sensitivity: pii }'),
      'services/words': wordService(server.url),
      'routes/low': `${wordRoute.replace('/word', '/low')}\npriority: low`,
      'routes/critical': `${wordRoute.replace('/word', '/critical')}\npriority: critical`,
      'routes/guarded': `${wordRoute.replace('/word', '/guarded')}\nbulkhead: { concurrent: 1, queue: 9 }`,
      'routes/mine': `${wordRoute.replace('/word', '/mine/{who}')}\nin: { user.id: path.who }\npriority: low`,
      'routes/passed': 'match: GET /passed\nproxy: words\npriority: low',
    },
    { clock: loop },
  )
  const get = (path: string) => fetch(`http://127.0.0.1:${running.port}${path}`)
  /** Lets probes pass that come 100 ms late. */
  const lag = async (probes: number) => {
    for (let probe = 0; probe < probes; probe++) {
      loop.work(125)
      await loop.turn()
    }
  }
  return { ...running, get, lag }
}

describe('a gateway whose loop is late', () => {
  test('answers everything in turns', async () => {
    const { get, lag, lines } = await startBusy('100%')
    await lag(3)
    const paths = ['/low', '/critical', '/guarded', '/guarded', '/passed', '/nowhere'].flatMap((path) => [path, path])
    const answers = await Promise.all(paths.map(get))
    expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: 10 }, () => 200), 404, 404])
    expect(lines.some((line) => line.includes('overloaded'))).toBe(false)
  })
})

describe('a gateway whose heap is full', () => {
  test('sheds the low before it makes anything of them, and never the critical', async () => {
    const { get, lag, adminPort, entries, lines } = await startBusy('1%')
    await lag(10)
    const statuses = new Set<number>()
    for (let request = 0; request < 60; request++) statuses.add((await get('/low')).status)
    expect([...statuses].sort()).toEqual([200, 503])
    const shed = await until503(() => get('/low'))
    expect(shed.headers.get('retry-after')).toBe('1')
    expect(shed.headers.get('content-type')).toContain('application/problem+json')
    expect(await shed.json()).toMatchObject({ code: 'overloaded', route: 'low', instance: '/low' })
    expect((await until503(() => get('/passed'))).status).toBe(503)
    expect(await (await until503(() => get('/mine/li-wei'))).json()).toMatchObject({ instance: '/mine/%7Bwho%7D' })
    for (let request = 0; request < 20; request++) expect((await get('/critical')).status).toBe(200)
    expect((await fetch(`http://127.0.0.1:${adminPort}/livez`)).status).toBe(200)
    expect(entries.some(({ status }) => status === 503)).toBe(false)
    expect(lines.filter((line) => line.includes('the process is overloaded'))).toHaveLength(1)
    const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
    expect(metrics).toMatch(/tessera_shed_total\{[^}]*scope="process"[^}]*\} [1-9]/)
  })
})

/** One in ten goes on. */
async function until503(get: () => Promise<Response>): Promise<Response> {
  for (let asked = 0; asked < 100; asked++) {
    const response = await get()
    if (response.status === 503) return response
    await response.arrayBuffer()
  }
  throw new Error('nothing was shed')
}
