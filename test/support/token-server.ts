import type { IncomingMessage, ServerResponse } from 'node:http'
import { opened } from './cleanup.ts'
import { startHttpServer } from './servers.ts'

/** What a token server was asked. */
export interface Asked {
  readonly headers: IncomingMessage['headers']
  readonly form: URLSearchParams
}

/** A token server whose tokens are `token-1`, `token-2`, …; `answer` answers otherwise where it is set. */
export async function startTokenServer(life: Readonly<Record<string, unknown>> = { expires_in: 3600 }) {
  const asked: Asked[] = []
  const controls: { answer: ((response: ServerResponse, count: number) => void) | undefined } = { answer: undefined }
  const server = await opened(
    startHttpServer((request, response) => {
      let body = ''
      request.on('data', (piece) => (body += piece))
      request.on('end', () => {
        asked.push({ headers: request.headers, form: new URLSearchParams(body) })
        if (controls.answer) controls.answer(response, asked.length)
        else sendToken(response, { access_token: `token-${asked.length}`, token_type: 'Bearer', ...life })
      })
    }),
  )
  return Object.assign(controls, { url: `${server.url}/token`, asked })
}

export function sendToken(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
