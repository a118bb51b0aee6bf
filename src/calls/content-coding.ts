import { brotliDecompress, constants, gunzip, inflate, zstdDecompress } from 'node:zlib'
import type { Scope } from '../cancellation.ts'
import type { IncomingResponse } from '../transports/transport.ts'
import { unusable } from './unusable.ts'

type Decompressor = (
  input: Buffer,
  options: { maxOutputLength: number; params?: Record<number, number> },
  callback: (error: Error | null, output: Buffer) => void,
) => void

const decompressors = new Map<string, Decompressor>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
  ['br', brotliDecompress],
  ['zstd', (input, options, callback) => zstdDecompress(input, { ...options, params: zstdParams }, callback)],
])

/** 8 MB, the most that a sender may ask for (RFC 9659 section 3): else a few bytes make zstd reserve 128 MB. */
const zstdParams = { [constants.ZSTD_d_windowLogMax]: 23 }

/** Undoes a content coding; rejects with the scope's reason when that is cancelled first. */
export function decompress(
  incoming: IncomingResponse,
  coding: string,
  maxBytes: number,
  scope: Scope,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const decompressor = decompressors.get(coding.toLowerCase())
    if (!decompressor) return reject(unusable(incoming, 'the answer has an unknown content coding'))
    const unsubscribe = scope.onCancel(reject)
    decompressor(incoming.body, { maxOutputLength: maxBytes }, (cause, bytes) => {
      unsubscribe()
      if (!cause) return resolve(bytes)
      const isTooLarge = (cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE'
      const detail = isTooLarge ? 'the answer is too large' : 'the content coding of the answer is broken'
      reject(unusable(incoming, detail, cause))
    })
  })
}
