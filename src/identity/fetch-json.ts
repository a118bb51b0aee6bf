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

/** An answer, whole. */
export interface IssuerAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/**
 * Gets a JSON document, or one for what `asked` sends, of whom tokens are believed for.
 * @throws Error that says why it could not be had, and nothing of what was answered
 */
export async function fetchJson(url: string, clock: Clock, asked: RequestInit = {}): Promise<unknown> {
  const init = { ...asked, headers: { accept: 'application/json', ...(asked.headers as Record<string, string>) } }
  const { status, text } = await askIssuer(url, init, clock)
  try {
    if (status !== 200) throw new Unfit(`it answered ${status}`)
    return parse(text)
  } catch (thrown) {
    throw new Error(`${maskUrl(url)}: ${reasonOf(thrown)}`)
  }
}

/**
 * Asks whom tokens are believed for: 2 s, 1 MB, no redirects.
 * @throws Error that says why there is no answer
 */
export async function askIssuer(url: string, init: RequestInit, clock: Clock): Promise<IssuerAnswer> {
  if (!isSafeOrigin(url)) throw new Error(`${maskUrl(url)} is neither https nor on this machine`)
  const ending = new AbortController()
  const timer = clock.schedule(timeoutMs, () => ending.abort())
  try {
    const answer = await fetch(url, { ...init, redirect: 'manual', signal: ending.signal })
    const { status, headers } = answer
    if (status >= 300 && status < 400) {
      await answer.body?.cancel()
      return { status, headers, text: '' }
    }
    return { status, headers, text: await readBounded(answer) }
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
