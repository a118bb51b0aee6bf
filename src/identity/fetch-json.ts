import type { Clock } from '../clock.ts'
import { isLoopback } from '../ip-address.ts'
import { maskUrl } from '../redaction.ts'

const timeoutMs = 2000
const mostBytes = 1024 * 1024

/** Whether keys may come from there: over TLS, or from this machine. */
export function isSafeOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname.replace(/^\[|\]$/g, '')))
}

/**
 * Gets a JSON document, or one for what `asked` sends, of whom tokens are believed for: 2 s, 1 MB, no redirects.
 * @throws Error that says why it could not be had, and nothing of what was answered
 */
export async function fetchJson(url: string, clock: Clock, asked: RequestInit = {}): Promise<unknown> {
  if (!isSafeOrigin(url)) throw new Error(`${maskUrl(url)} is neither https nor on this machine`)
  const ending = new AbortController()
  const timer = clock.schedule(timeoutMs, () => ending.abort())
  try {
    const answer = await fetch(url, {
      ...asked,
      redirect: 'manual',
      headers: { accept: 'application/json', ...asked.headers },
      signal: ending.signal,
    })
    if (answer.status !== 200) {
      await answer.body?.cancel()
      throw new Unfit(`it answered ${answer.status}`)
    }
    return parse(await readBounded(answer))
  } catch (thrown) {
    throw new Error(`${maskUrl(url)}: ${ending.signal.aborted ? 'it did not answer in 2s' : reasonOf(thrown)}`)
  } finally {
    timer.cancel()
  }
}

/** What is wrong with an answer, in our own words. */
class Unfit extends Error {}

async function readBounded(answer: Response): Promise<string> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of answer.body ?? []) {
    length += piece.length
    if (length > mostBytes) throw new Unfit('the answer has more than 1MB')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Unfit('the answer is not JSON')
  }
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof Unfit) return thrown.message
  const { cause } = thrown as { cause?: { code?: unknown } }
  return typeof cause?.code === 'string' ? cause.code : 'it could not be reached'
}
