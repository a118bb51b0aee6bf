import type { Clock, Timer } from '../../clock.ts'
import type { RunRecord } from '../../durable/runs/record.ts'
import { isEnd, type RunState } from '../../durable/state.ts'
import type { GatewayError } from '../../errors.ts'
import { contained, type Endable } from '../../faults.ts'
import type { Answer, AnswerSink, StreamedAnswer } from '../../run/outcome.ts'
import type { ProblemContext } from '../../run/problem.ts'
import { describeAnswer, describeState } from './answers.ts'

const lookEveryMs = 1000
/** In which proxies and browsers hear that the connection lives. */
const beatEveryMs = 15_000
/** Of the last event: a browser that connects once more says that it has had it. */
export const lastEventId = 'end'

export interface WatchParts {
  readonly clock: Clock
  /** What ends where something of it throws. */
  readonly owner: Endable
  readonly context: ProblemContext
  readonly expiresMs: number | undefined
  /** Undefined where it is not kept any more. */
  readonly look: () => Promise<RunRecord | undefined>
  /** Whether nobody may be told any more, or is there to be told. */
  readonly isOver: () => boolean
}

/** What a run comes to as server-sent events: each state that it is seen at, in the end its answer. */
export function watchRun(
  run: RunRecord,
  { clock, owner, context, expiresMs, look, isOver }: WatchParts,
): StreamedAnswer {
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' }
  const open = (sink: AnswerSink) => {
    let timer: Timer | undefined
    let state: RunState | undefined
    let toldAt = clock.now()
    let hasEnded = false
    const write = (text: string) => {
      toldAt = clock.now()
      sink.write(Buffer.from(text))
    }
    const end: AnswerSink['end'] = (outcome) => {
      if (hasEnded) return
      hasEnded = true
      timer?.cancel()
      sink.end(outcome)
    }
    const tell = (seen: RunRecord | undefined) => {
      if (hasEnded) return
      if (!seen || isOver()) return end(whole)
      if (seen.state !== state) write(printEvent('state', describeState(seen)))
      else if (clock.now() - toldAt >= beatEveryMs) write(':\n\n')
      state = seen.state
      if (isEnd(state)) {
        const answer = describeAnswer(seen, context)
        if (answer !== undefined) write(printEvent('answer', answer, lastEventId))
        end(whole)
      } else timer = clock.schedule(lookEveryMs, again, owner)
    }
    /** What cannot be read now may be the next time. */
    const unread = () => tell(state && { ...run, state })
    const again = () => void look().then(contained('promise', owner, tell), contained('promise', owner, unread))
    tell(run)
    return {
      resume() {},
      stop: (error: GatewayError) => end({ kind: 'failure', error, headers: {}, records: [] }),
    }
  }
  return { kind: 'stream', status: 200, headers, expiresMs, open }
}

const whole: Answer = { kind: 'answer', status: 200, headers: {}, body: undefined, records: [], degraded: [] }

function printEvent(name: string, data: string, id?: string): string {
  const told = data.replace(/\r\n|\r|\n/g, '\ndata: ')
  return `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${told}\n\n`
}
