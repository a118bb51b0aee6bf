/**
 * The demo's homepage written with care: Fastify, one undici pool a backend. A fallback a call and undici's own coarse
 * timeouts; no deadline, retry, breaker, log, metric or trace.
 */
import { randomUUID } from 'node:crypto'
import Fastify from 'fastify'
import { Pool } from 'undici'
import { origins, port } from '../origins.ts'
import { AnswerError, composePage, type Get, pageHeaders, SignedOut } from './compose.ts'

interface HomeRequest {
  Querystring: { city?: string }
  Headers: { 'x-session-token'?: string; 'x-request-id'?: string }
}

const timeoutMs = 1000
const open = (origin: string) => new Pool(origin, { headersTimeout: timeoutMs, bodyTimeout: timeoutMs })
const pools = {
  users: open(origins.users),
  content: open(origins.content),
  catalog: open(origins.catalog),
  reco: open(origins.reco),
  pricing: open(origins.pricing),
  brands: open(origins.brands),
}

const app = Fastify()

app.get<HomeRequest>('/mobile/home', async ({ query: { city = 'shanghai' }, headers }, reply) => {
  const token = headers['x-session-token']
  const requestId = headers['x-request-id'] ?? randomUUID()
  reply.headers(pageHeaders)
  return composePage(get, { city, token, requestId })
})

app.setErrorHandler((error, _request, reply) => {
  if (!(error instanceof SignedOut)) return reply.send(error)
  return reply.status(401).send({ code: 'session-expired', title: 'Please sign in again' })
})

const get: Get = async <Body>(service: keyof typeof origins, path: string, headers?: Record<string, string>) => {
  const { statusCode, body } = await pools[service].request({ method: 'GET', path, headers: headers ?? null })
  if (statusCode !== 200) {
    await body.dump()
    throw new AnswerError(path, statusCode)
  }
  return (await body.json()) as Body
}

await app.listen({ host: '127.0.0.1', port })
