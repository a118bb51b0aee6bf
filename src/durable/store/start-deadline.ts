import type { Clock, Timer } from '../../clock.ts'
import { GatewayError } from '../../errors.ts'

/** Seconds after which a client may try again. */
const retryAfter = 1

/** The right of a run to begin: whoever recorded it asks for it before anything else. */
export interface StartTicket {
  /** Epoch milliseconds. Stands in the input of the run, for a gateway that has not the ticket (`isLate`). */
  readonly startBy: number
  /**
   * Whether the run may begin. False when its client was told that it does not; it is void then, and asks for nothing.
   * From the first true on the client waits for the run, however long the deadline is past.
   */
  claim(): boolean
}

/**
 * Records a run in time. `begin` resolves when it is recorded and claimed; it goes on when it is late, for the
 * database may take it yet: then the claim fails.
 * @throws GatewayError `overloaded`, 503, when it was not claimed after `withinMs`
 */
export function startWithin<Started>(
  withinMs: number,
  clock: Clock,
  begin: (ticket: StartTicket) => Promise<Started>,
): Promise<Started> {
  return new Promise((resolve, reject) => {
    let state: 'open' | 'claimed' | 'void' = 'open'
    let timer: Timer | undefined
    const ticket: StartTicket = {
      startBy: clock.epoch() + withinMs,
      claim() {
        if (state === 'open') {
          state = 'claimed'
          timer?.cancel()
        }
        return state === 'claimed'
      },
    }
    const late = () => {
      if (state !== 'open') return
      state = 'void'
      reject(notRecorded('the run was not recorded in time'))
    }
    timer = clock.schedule(withinMs, late)
    const failed = (thrown: unknown) => {
      timer?.cancel()
      if (state === 'open') state = 'void'
      reject(thrown)
    }
    try {
      begin(ticket).then(resolve, failed)
    } catch (thrown) {
      failed(thrown)
    }
  })
}

/** What a client is told of a run that cannot be recorded now. */
export function notRecorded(reason: string): GatewayError {
  return new GatewayError('overloaded', { status: 503, retryAfter, reason, title: 'The order cannot be recorded now' })
}

/**
 * Whether a run was recorded too late, for a gateway that recovers it before it was claimed: its client was told 503.
 * @param recordedAt of its row: epoch milliseconds, by the clock of the database
 */
export function isLate(ticket: Pick<StartTicket, 'startBy'>, recordedAt: number): boolean {
  return recordedAt > ticket.startBy
}
