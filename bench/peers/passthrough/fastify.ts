/** A proxy written with care: @fastify/http-proxy, which calls by undici. Undici's coarse timeouts; no log, metric or trace. */
import httpProxy from '@fastify/http-proxy'
import Fastify from 'fastify'
import { origins, port } from '../origins.ts'

const timeoutMs = 1000
const app = Fastify()

await app.register(httpProxy, {
  upstream: origins.catalog,
  prefix: '/catalog',
  rewritePrefix: '/catalog',
  undici: { headersTimeout: timeoutMs, bodyTimeout: timeoutMs },
})

await app.listen({ host: '127.0.0.1', port })
