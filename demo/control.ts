import { createServer, type IncomingMessage } from 'node:http'
import type { DemoBackend } from './backends.ts'

export interface ControlServer {
  readonly url: string
  close(): Promise<void>
}

/**
 * The parent's own listener: `GET /` tells the state of every service, `POST /{service}` (or `/all`) changes its trouble
 * over IPC. It reaches a service that refuses connections, which `POST /_trouble` on the service itself cannot.
 */
export async function serveControl(services: readonly DemoBackend[], port: number): Promise<ControlServer> {
  const handle = async (request: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    const name = (request.url ?? '/').slice(1)
    const chosen = name === '' || name === 'all' ? services : services.filter((service) => service.name === name)
    if (chosen.length === 0) return { status: 404, body: { code: 'no_such_service', message: name } }
    if (request.method !== 'POST') return { status: 200, body: await Promise.all(chosen.map(describe)) }
    const trouble = await readJson(request)
    const replies = await Promise.all(chosen.map((service) => service.ask(trouble)))
    const refused = replies.find((reply) => (reply as { code?: string }).code !== undefined)
    return refused ? { status: 400, body: refused } : { status: 200, body: replies }
  }
  const server = createServer((request, response) => {
    handle(request)
      .catch((error: Error) => ({ status: 503, body: { code: 'unavailable', message: error.message } }))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
      })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function describe(service: DemoBackend): Promise<unknown> {
  const { name, url, pid } = service
  const status = await service.ask().catch((error: Error) => ({ service: name, ended: error.message }))
  return { ...(status as object), url, pid }
}

/** Null when the body is not JSON: no trouble at all would only ask for the status. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += chunk
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
