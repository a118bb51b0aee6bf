import type { Coding } from '../../browsers/coding/compress-shape.ts'
import { openCoder } from '../../browsers/coding/stream-coder.ts'
import type { Scope } from '../../cancellation.ts'
import { GatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import type { Answer, AnswerSink, Failure, StreamedAnswer } from '../outcome.ts'

/** The same answer in a coding, each piece of it flushed. */
export function codeStream(outcome: StreamedAnswer, coding: Coding, scope: Scope): StreamedAnswer {
  return {
    ...outcome,
    headers: { ...outcome.headers, 'content-encoding': coding },
    open(sink) {
      const coder = openCoder(coding)
      let final: Answer | Failure | undefined
      const onCancel = () => {
        if (!final) coder.destroy()
      }
      const finish = (outcomeOfAll: Answer | Failure) => {
        unsubscribe()
        coder.destroy()
        sink.end(outcomeOfAll)
      }
      const unsubscribe = scope.onCancel(onCancel)
      const coded: AnswerSink = {
        context: sink.context,
        write: (piece) => coder.write(piece) && !coder.isPaused(),
        end(outcomeOfAll) {
          final = outcomeOfAll
          coder.end()
        },
      }
      const take = (piece: Buffer) => {
        if (!sink.write(piece)) coder.pause()
      }
      coder.on('data', contained('response', scope, take))
      coder.once(
        'end',
        contained('response', scope, () => finish(final!)),
      )
      // Out of memory, at most. What has gone out ends there.
      coder.once(
        'error',
        contained('response', scope, (cause: Error) => {
          const error = new GatewayError('internal', { cause })
          finish({ kind: 'failure', error, headers: {}, records: [] })
        }),
      )
      const source = outcome.open(coded)
      coder.on(
        'drain',
        contained('response', scope, () => {
          if (!coder.isPaused()) source.resume()
        }),
      )
      return {
        stop: source.stop,
        resume() {
          coder.resume()
          if (!coder.writableNeedDrain) source.resume()
        },
      }
    },
  }
}
