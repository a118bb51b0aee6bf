import { describeCoded, isCodable } from '../browsers/coding/codable.ts'
import type { Coding } from '../browsers/coding/compress-shape.ts'
import type { Compression } from '../browsers/coding/compression.ts'
import { compressor } from '../browsers/coding/compressor.ts'
import type { RequestParts } from '../plan/request-parts.ts'
import type { Answer } from './outcome.ts'

type Kept = WeakMap<Uint8Array, Map<Coding, Promise<Uint8Array>>>

/** Puts a whole answer into a coding that its client takes. @param isAmbient whether a browser may have sent by itself what said who asks */
export type AnswerCoder = (
  answer: Answer,
  headers: RequestParts['headers'],
  isAmbient: boolean,
) => Answer | Promise<Answer>

/**
 * @param keeps whether bytes are one object for all who get them: then they are compressed once, and their coded form lives
 * as long as they do
 */
export function compileAnswerCoder({ min, choose }: Compression, keeps: boolean): AnswerCoder {
  const kept: Kept | undefined = keeps ? new WeakMap() : undefined

  function encode(bytes: Uint8Array, coding: Coding): Promise<Uint8Array> | undefined {
    const known = kept?.get(bytes)
    const found = known?.get(coding)
    if (found) return found
    const made = compressor.compress(bytes, coding)
    if (made && kept) kept.set(bytes, (known ?? new Map()).set(coding, made))
    return made
  }

  return (answer, headers, isAmbient) => {
    const type = answer.headers['content-type']
    if (!isCodable(answer.status, answer.headers, type === undefined ? 'application/json' : String(type))) return answer
    const { body } = answer
    const told: Answer = { ...answer, headers: describeCoded(answer.headers) }
    const { coding, takesPlain } = choose(headers, isAmbient)
    if (body === undefined || coding === undefined || (takesPlain && body.length < min)) return told
    const made = encode(body, coding)
    if (!made) return told
    return made.then(
      (bytes): Answer =>
        takesPlain && bytes.length >= body.length
          ? told
          : { ...told, headers: { ...told.headers, 'content-encoding': coding }, body: bytes },
      // Out of memory, at most: the answer is there all the same, and what failed is not kept.
      () => {
        kept?.delete(body)
        return told
      },
    )
  }
}
