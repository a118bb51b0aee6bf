import { describeCoded } from '../../browsers/coding/codable.ts'
import { compileAnswerCoder } from '../coded-answer.ts'
import type { Outcome, StreamedAnswer } from '../outcome.ts'
import { codeStream } from '../progressive/coded.ts'
import type { RouteRequest } from '../route-request.ts'
import { type Client, defineStage, type Handle } from '../stage.ts'

/** Answers in a coding that the client takes. What the answer cache keeps is compressed once. */
export const compress = defineStage({
  name: 'compress',
  on: ['route'],
  open({ compression, caching }) {
    if (!compression) return undefined
    const { choose } = compression
    const codeWhole = compileAnswerCoder(compression, caching?.ttlMs !== undefined)

    /** A stream is not kept, and its length is not known. */
    function answerStream(outcome: StreamedAnswer, { parts, isAmbient }: RouteRequest, client: Client): StreamedAnswer {
      const told = { ...outcome, headers: describeCoded(outcome.headers) }
      const { coding } = choose(parts.headers, isAmbient)
      return coding === undefined ? told : codeStream(told, coding, client.scope)
    }

    return (next: Handle): Handle =>
      (request, client) => {
        const code = (outcome: Outcome) => {
          if (outcome.kind === 'answer') return codeWhole(outcome, request.parts.headers, request.isAmbient)
          return outcome.kind === 'stream' ? answerStream(outcome, request, client) : outcome
        }
        const outcome = next(request, client)
        return outcome instanceof Promise ? outcome.then(code) : code(outcome)
      }
  },
})
