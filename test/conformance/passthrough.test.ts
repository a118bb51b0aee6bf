import { describe, expect, test } from '@jest/globals'
import { startStubbedGateway } from '../support/stubbed-gateway.ts'

const service = 'service: files\nendpoints: [BACKEND]\ntimeout: 10s\n'
const echo = ({ method, url, body }: { method: string; url: string; body: unknown }) => ({
  status: 202,
  headers: { 'x-echo': method },
  body: { method, url, body },
})
const stubs = Object.fromEntries(
  ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => [`${method} /files/a/b`, echo]),
)

describe('a route with `proxy`', () => {
  test.each(['ANY /files/*rest', '/files/*rest', '* /files/*rest'])('%s passes any method on', async (match) => {
    const { ask } = await startStubbedGateway(
      { 'services/files': service, 'routes/r': `match: '${match}'\ntimeout: 10s\nproxy: files\n` },
      stubs,
    )
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const body = method === 'GET' ? {} : { body: { sent: method } }
      const answer = await ask('/files/a/b?x=1&y=%20', { method, ...body })
      expect(answer.status).toBe(202)
      expect(answer.headers['x-echo']).toBe(method)
      expect(answer.json).toEqual({ method, url: '/files/a/b?x=1&y=%20', ...body })
    }
  })

  test('answers one method where its match names one', async () => {
    const { ask } = await startStubbedGateway(
      { 'services/files': service, 'routes/r': 'match: GET /files/*rest\nproxy: files\n' },
      stubs,
    )
    expect((await ask('/files/a/b')).status).toBe(202)
    const refused = await ask('/files/a/b', { method: 'DELETE' })
    expect([refused.status, refused.headers.allow]).toEqual([405, expect.stringContaining('GET')])
  })

  test('stands beside an aggregated route, which goes first where both match', async () => {
    const { ask } = await startStubbedGateway(
      {
        'services/files': service,
        'routes/all': 'match: /files/*rest\nproxy: files\n',
        'routes/one': 'match: GET /files/a/own\nresponse: { body: own }\n',
      },
      stubs,
    )
    expect((await ask('/files/a/own')).json).toBe('own')
    expect((await ask('/files/a/b')).status).toBe(202)
  })

  test('answers a problem when the service is not there', async () => {
    const { ask } = await startStubbedGateway({
      'services/files': 'service: files\nendpoints: [NOWHERE]\n',
      'routes/r': 'name: all-files\nmatch: /files/*rest\nproxy: files\n',
    })
    const answer = await ask('/files/x')
    expect([answer.status, answer.json.code, answer.json.route]).toEqual([502, 'unavailable', 'all-files'])
  })
})
