/** How long a collector asks to wait, in milliseconds; 0 where it does not say. */
export function readRetryAfter(value: string | undefined): number {
  if (value === undefined) return 0
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : 0
}

const longestMessage = 200

/**
 * What a collector says that it did not take of a batch which it answered well (`ExportTracePartialSuccess`); undefined
 * where it took all. The answer is of the collector's making: one that cannot be read says nothing.
 */
export function readPartialSuccess(body: Buffer, contentType: string | undefined): string | undefined {
  const { rejected = 0, message = '' } = contentType?.startsWith('application/json') ? ofJson(body) : ofProtobuf(body)
  if (!(rejected > 0) && message === '') return undefined
  const why = message === '' ? '' : `: ${message.slice(0, longestMessage)}`
  return rejected > 0 ? `the collector refused ${rejected} spans${why}` : `the collector says${why}`
}

interface Refusal {
  rejected?: number
  message?: string
}

function ofJson(body: Buffer): Refusal {
  try {
    const { partialSuccess } = JSON.parse(body.toString()) ?? {}
    const { rejectedSpans, errorMessage } = partialSuccess ?? {}
    return { rejected: Number(rejectedSpans ?? 0), message: typeof errorMessage === 'string' ? errorMessage : '' }
  } catch {
    return {}
  }
}

/** `ExportTraceServiceResponse`: field 1 is a message of `rejected_spans` (1, a varint) and `error_message` (2). */
function ofProtobuf(body: Buffer): Refusal {
  const refusal: Refusal = {}
  readFields(body, (field, value) => {
    if (field !== 1 || typeof value === 'number') return
    readFields(value, (inner, of) => {
      if (inner === 1 && typeof of === 'number') refusal.rejected = of
      if (inner === 2 && typeof of !== 'number') refusal.message = of.toString()
    })
  })
  return refusal
}

/** Tells varints and what has a length; stops at anything else, and where the bytes end. */
function readFields(bytes: Buffer, tell: (field: number, value: number | Buffer) => void): void {
  let at = 0
  const readVarint = (): number => {
    let value = 0
    for (let factor = 1; at < bytes.length; factor *= 128) {
      const byte = bytes[at++]!
      value += (byte & 0x7f) * factor
      if (byte < 0x80) break
    }
    return value
  }
  while (at < bytes.length) {
    const tag = readVarint()
    const kind = tag % 8
    const value = readVarint()
    if (kind === 0) tell(Math.floor(tag / 8), value)
    else if (kind === 2 && at + value <= bytes.length) {
      tell(Math.floor(tag / 8), bytes.subarray(at, at + value))
      at += value
    } else return
  }
}
