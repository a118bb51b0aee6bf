/** The demo's homepage as most teams write it: Express and fetch. A fallback a call; no timeout, log, metric or trace. */
import { randomUUID } from 'node:crypto'
import express from 'express'
import { origins, port } from '../origins.ts'
import { AnswerError, composePage, type Get, pageHeaders, SignedOut } from './compose.ts'

const app = express()

app.get('/mobile/home', async (request, response) => {
  const { city = 'shanghai' } = request.query as { city?: string }
  const token = request.get('x-session-token')
  const requestId = request.get('x-request-id') ?? randomUUID()
  try {
    response.set(pageHeaders).json(await composePage(get, { city, token, requestId }))
  } catch (error) {
    if (!(error instanceof SignedOut)) throw error
    response.status(401).json({ code: 'session-expired', title: 'Please sign in again' })
  }
})

const get: Get = async <Body>(service: keyof typeof origins, path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(origins[service] + path, { headers })
  if (!response.ok) {
    await response.body?.cancel()
    throw new AnswerError(path, response.status)
  }
  return (await response.json()) as Body
}

app.listen(port, '127.0.0.1')
