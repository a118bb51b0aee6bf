import type { Document } from '../expressions/document.ts'
import { parseJson } from '../json-text.ts'
import type { OutgoingRequest } from '../transports/transport.ts'

/** A request as a backend gets it: what mocks and expectations look at. */
export interface SentCall {
  readonly method: string
  /** Path and query as they were sent, without the prefix of the endpoint's URL. */
  readonly target: string
  /** Without the query, and without the prefix of the endpoint's URL. */
  readonly path: string
  /** Decoded; a name that comes more than once has all its values. */
  readonly query: Readonly<Record<string, string | readonly string[]>>
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed when it is JSON, else its text. */
  readonly body: unknown
}

export function describeSentCall({ method, path, headers, body }: OutgoingRequest, prefix: string): SentCall {
  const target = path.slice(prefix.length)
  const mark = target.indexOf('?')
  const named: Record<string, string> = {}
  for (let at = 0; at < headers.length; at += 2) named[headers[at]!] = headers[at + 1]!
  return {
    method,
    target,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? {} : readQuery(target.slice(mark + 1)),
    headers: named,
    body: body === undefined ? undefined : readBody(body),
  }
}

/** As templates and conditions of a mock see it. */
export function documentOf(sent: SentCall): Document {
  const { target: _, ...request } = sent
  return { request, steps: {} }
}

export function readQuery(search: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {}
  for (const [name, value] of new URLSearchParams(search)) {
    const before = query[name]
    query[name] = before === undefined ? value : [before, value].flat()
  }
  return query
}

/** A body as tests compare it: its value where it is JSON, else its text. */
export function readBody(body: string | Uint8Array): unknown {
  const text = Buffer.from(body as string).toString()
  try {
    return parseJson(text)
  } catch {
    return text
  }
}
