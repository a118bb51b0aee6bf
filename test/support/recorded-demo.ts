import type { ServerResponse } from 'node:http'
import type { DemoBackend } from '../../demo/backends.ts'
import { type Backend, type Received, startBackend } from './backend.ts'
import { afterFile } from './cleanup.ts'
import { startFastDemo } from './fast-demo.ts'

export interface RecordedDemo {
  readonly services: readonly DemoBackend[]
  /** What each service was sent. */
  readonly recorders: ReadonlyMap<string, Backend>
  /** `RECO_URL` and its like, of the recorders. */
  readonly env: Record<string, string>
  find(name: string): DemoBackend
}

/** The demo's backends behind recorders: whatever the gateway sends them is kept, then passed on. */
export async function startRecordedDemo(): Promise<RecordedDemo> {
  const { services, stop } = await startFastDemo()
  afterFile(stop)
  const recorders = new Map<string, Backend>()
  for (const { name, url } of services) {
    recorders.set(
      name,
      await startBackend((request, response) => {
        passOn(url, request, response).catch(() => response.destroy())
      }),
    )
  }
  const env = Object.fromEntries([...recorders].map(([name, { url }]) => [`${name.toUpperCase()}_URL`, url]))
  return { services, recorders, env, find: (name) => services.find((service) => service.name === name)! }
}

async function passOn(origin: string, { method, target, headers, body }: Received, response: ServerResponse) {
  const answer = await fetch(origin + target, {
    method,
    headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      ownedByConnection.has(name) ? [] : [[name, String(value)]],
    ),
    ...(body !== '' && { body }),
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  const type = answer.headers.get('content-type') ?? 'application/json'
  response.writeHead(answer.status, { 'content-type': type, 'content-length': bytes.length }).end(bytes)
}

const ownedByConnection = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'expect', 'keep-alive'])
