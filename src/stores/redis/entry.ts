import type { StoredResponse } from '../store.ts'

/** What one key of Redis holds. */
export interface RedisEntry {
  readonly generation: string
  readonly response: StoredResponse
}

const newline = 0x0a

/** A line of JSON about the answer, then the bytes of its body, untouched. */
export function writeEntry({ generation, response }: RedisEntry): Buffer {
  const { bytes, ...about } = response
  const line = JSON.stringify({ ...about, generation, hasBody: bytes !== undefined })
  return Buffer.concat([Buffer.from(`${line}\n`), ...(bytes ? [bytes] : [])])
}

/** Undefined for what is no entry of ours: Redis may hold anything. */
export function readEntry(bytes: Buffer): RedisEntry | undefined {
  const end = bytes.indexOf(newline)
  if (end < 0) return undefined
  try {
    const { generation, hasBody, ...about } = JSON.parse(bytes.toString('utf8', 0, end))
    if (typeof generation !== 'string' || !isAnswer(about)) return undefined
    return { generation, response: { ...about, bytes: hasBody ? bytes.subarray(end + 1) : undefined } }
  } catch {
    return undefined
  }
}

function isAnswer(value: { status?: unknown; storedAt?: unknown; headers?: unknown }): value is StoredResponse {
  const { status, storedAt, headers } = value
  return typeof status === 'number' && typeof storedAt === 'number' && typeof headers === 'object' && headers !== null
}
