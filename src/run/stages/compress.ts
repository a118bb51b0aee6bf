import { describeCoded, isCodable } from '../../browsers/coding/codable.ts'
import type { Coding } from '../../browsers/coding/compress-shape.ts'
import { compressor } from '../../browsers/coding/compressor.ts'
import type { Answer, Outcome, StreamedAnswer } from '../outcome.ts'
import { codeStream } from '../progressive/coded.ts'
import type { RouteRequest } from '../route-request.ts'
import { type Client, defineStage, type Handle } from '../stage.ts'

type Coded = Promise<Uint8Array> | undefined

/**
 * Answers in a coding that the client takes. What the answer cache keeps is compressed once: its bytes are one object for
 * all who get them, and their coded form lives as long as they do.
 */
export const compress = defineStage({
  name: 'compress',
  on: ['route'],
  open({ compression, caching }) {
    if (!compression) return undefined
    const { min, choose } = compression
    const coded = caching?.ttlMs === undefined ? undefined : new WeakMap<Uint8Array, Map<Coding, Promise<Uint8Array>>>()

    function encode(bytes: Uint8Array, coding: Coding): Coded {
      const known = coded?.get(bytes)
      const found = known?.get(coding)
      if (found) return found
      const made = compressor.compress(bytes, coding)
      if (made && coded) coded.set(bytes, (known ?? new Map()).set(coding, made))
      return made
    }

    function answer(outcome: Outcome, { parts, isAmbient }: RouteRequest): Outcome | Promise<Outcome> {
      if (outcome.kind !== 'answer') return outcome
      const type = outcome.headers['content-type']
      if (!isCodable(outcome.status, outcome.headers, type === undefined ? 'application/json' : String(type)))
        return outcome
      const { body } = outcome
      const told: Answer = { ...outcome, headers: describeCoded(outcome.headers) }
      const { coding, takesPlain } = choose(parts.headers, isAmbient)
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
          coded?.delete(body)
          return told
        },
      )
    }

    /** A stream is not kept, and its length is not known. */
    function answerStream(outcome: StreamedAnswer, { parts, isAmbient }: RouteRequest, client: Client): StreamedAnswer {
      const told = { ...outcome, headers: describeCoded(outcome.headers) }
      const { coding } = choose(parts.headers, isAmbient)
      return coding === undefined ? told : codeStream(told, coding, client.scope)
    }

    return (next: Handle): Handle =>
      (request, client) => {
        const code = (outcome: Outcome) =>
          outcome.kind === 'stream' ? answerStream(outcome, request, client) : answer(outcome, request)
        const outcome = next(request, client)
        return outcome instanceof Promise ? outcome.then(code) : code(outcome)
      }
  },
})
