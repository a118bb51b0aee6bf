import type { IncomingHttpHeaders } from 'node:http'

export interface DemoRequest {
  /** Decoded path parameters. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** The parsed JSON body, the members of a form; undefined when there is none. */
  readonly body: unknown
}

export interface DemoAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; a text beside a content type of its own as it is. */
  readonly body: unknown
}

export type Handler = (request: DemoRequest) => DemoAnswer

/** One demo backend: what it answers, by `METHOD /path/{param}`, and how long that usually takes. */
export interface DemoService {
  readonly name: string
  readonly medianMs: number
  /** Extra path prefixes under which the same answers are given. */
  readonly prefixes?: readonly string[]
  readonly routes: Readonly<Record<string, Handler>>
}

export function found(body: unknown): DemoAnswer {
  return { body }
}

/** An error answer as these backends give it: `{ code, message }`. */
export function failure(status: number, code: string, message: string): DemoAnswer {
  return { status, body: { code, message } }
}
