import { type IncomingMessage, request } from 'node:http'
import { afterTest, opened } from './cleanup.ts'
import { startHttpServer } from './servers.ts'
import { until } from './waiting.ts'

/** A backend that holds each answer back until it is released. */
export async function startHolding() {
  const held = new Map<string, (answer: Held) => void>()
  const gone: string[] = []
  const server = await opened(
    startHttpServer((message, response) => {
      const path = message.url!.split('?')[0]!
      held.set(path, ({ body, status = 200 }) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(typeof body === 'string' ? body : JSON.stringify(body))
      })
      response.on('close', () => {
        if (!response.writableFinished) gone.push(path)
      })
    }),
  )
  return {
    url: server.url,
    /** Paths whose client went away before it was answered. */
    gone,
    isHeld: (path: string) => held.has(path),
    /** Answers who asks for a path, as soon as somebody does. A text is sent as it is. */
    async release(path: string, body: unknown, status?: number): Promise<void> {
      const answer = await until(() => held.get(path), `a request for ${path}`)
      held.delete(path)
      answer({ body, ...(status !== undefined && { status }) })
    },
  }
}

interface Held {
  readonly body: unknown
  readonly status?: number
}

export interface Listening {
  readonly message: IncomingMessage
  /** What has come so far. */
  readonly text: () => string
  /** The names of the parts that have come, and `end` or `error`. */
  readonly names: () => string[]
  /** Waits until so many have come. */
  readonly has: (count: number) => Promise<string[]>
  readonly isOver: () => boolean
  leave(): void
}

export const asksForEvents = { accept: 'text/event-stream' }

/** Asks for a page in parts, and goes on when its head is there. */
export async function listen(
  port: number,
  path: string,
  headers: Record<string, string> = asksForEvents,
  method = 'GET',
): Promise<Listening> {
  let text = ''
  let isOver = false
  const sent = request({ port, path, headers, method, agent: false })
  afterTest(() => sent.destroy())
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve).on('error', reject).end()
  })
  message.on('data', (piece: Buffer) => {
    text += piece.toString()
  })
  message.on('close', () => {
    isOver = true
  })
  sent.on('error', () => {})
  message.on('error', () => {})
  const names = () => eventsIn(text).map(({ event, data }) => (event === 'part' ? (data['path'] as string) : event))
  return {
    message,
    text: () => text,
    names,
    has: (count) =>
      until(
        () => names().length >= count && names(),
        () => `${count} parts: ${text}`,
      ),
    isOver: () => isOver,
    leave: () => sent.destroy(),
  }
}

/** The events of a stream, written as ours are. */
export function eventsIn(text: string): { event: string; data: Record<string, unknown>; id?: string }[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .filter((one) => !one.startsWith(':'))
    .map((one) => {
      const fields = one.split('\n').map((line) => line.split(/: (.*)/s))
      const { event, data, id } = Object.fromEntries(fields)
      return { event, data: JSON.parse(data), ...(id !== undefined && { id }) }
    })
}
