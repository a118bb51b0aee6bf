import { events } from '../formats/events.ts'
import { parseJson, printJson } from '../json-text.ts'
import type { Answer, AnswerSink, Failure, StreamedAnswer } from '../run/outcome.ts'
import type { ProblemContext } from '../run/problem.ts'

/** A page that came in parts. */
export interface StreamedPage {
  readonly outcome: Answer | Failure
  /** The paths of its parts in the order in which they came, then `end` or `error`. */
  readonly parts: readonly string[]
  /** What they make together, as JSON; undefined when nothing came. */
  readonly body: string | undefined
}

/** Reads an answer to its end, as fast as it comes. */
export async function readStream(answer: StreamedAnswer, context: ProblemContext): Promise<StreamedPage> {
  const pieces: Uint8Array[] = []
  const outcome = await new Promise<Answer | Failure>((end) => {
    const write: AnswerSink['write'] = (piece) => pieces.push(piece) > 0
    answer.open({ context: () => context, write, end })
  })
  return { outcome, ...readParts(Buffer.concat(pieces), String(answer.headers['content-type'])) }
}

interface Part {
  readonly event: string
  readonly path?: string
  readonly value?: unknown
}

function readParts(bytes: Buffer, contentType: string): Pick<StreamedPage, 'parts' | 'body'> {
  const all = contentType === 'text/event-stream' ? readEvents(bytes) : readLines(bytes)
  let page: unknown
  for (const { event, path = '', value } of all) {
    if (event !== 'part') continue
    if (path === '') page = value
    else page = { ...(page as object), [nameIn(path)]: value }
  }
  const parts = all.map(({ event, path }) => (event === 'part' ? path! : event))
  return { parts, body: page === undefined ? undefined : printJson(page) }
}

/** A JSON Pointer of one name (RFC 6901). */
function nameIn(path: string): string {
  return path.slice(1).replaceAll('~1', '/').replaceAll('~0', '~')
}

function readEvents(bytes: Buffer): Part[] {
  const limits = { maxDepth: 1, maxValues: Number.MAX_SAFE_INTEGER }
  const found = events.decode({ bytes, contentType: undefined }, limits) as { event: string; data: string }[]
  return found.map(({ event, data }) => ({ ...(parseJson(data) as object), event }))
}

function readLines(bytes: Buffer): Part[] {
  const lines = bytes.toString().split('\n').slice(0, -1)
  return lines.map((line) => parseJson(line) as Part)
}
