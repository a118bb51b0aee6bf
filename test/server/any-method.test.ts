import { expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { request, sendRaw } from '../support/raw.ts'
import { startHttpServer } from '../support/servers.ts'

test('metrics tell the method of each request, where a route takes any and where there is none', async () => {
  const backend = await opened(startHttpServer((_request, response) => void response.end('fine')))
  const { port, adminPort } = await startGateway({
    'services/shop': `service: shop\nendpoints: [${backend.url}]\n`,
    'routes/shop': 'match: ANY /shop/*rest\nproxy: shop\n',
  })
  for (const line of ['GET /shop/a', 'PUT /shop/a', 'GET /nowhere']) await sendRaw(port, request(`${line} HTTP/1.1`))
  const { text } = await sendRaw(adminPort, 'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n')
  const count = (method: string, route: string, status: number) =>
    `http_server_request_duration_seconds_count{http_request_method="${method}",http_route="${route}",http_response_status_code="${status}"} 1`
  expect(text).toContain(count('GET', '/shop/*rest', 200))
  expect(text).toContain(count('PUT', '/shop/*rest', 200))
  expect(text).toContain(count('GET', '', 404))
})
