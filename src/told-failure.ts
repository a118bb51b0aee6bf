import { GatewayError } from './errors.ts'
import { maskMessage } from './redaction.ts'

/** What an operator is told of something that failed in a request. Nothing of it is for its client. */
export interface ToldFailure {
  readonly step?: string | undefined
  readonly service?: string | undefined
  readonly operation?: string | undefined
  /** The one asked last. */
  readonly endpoint?: string | undefined
  readonly attempts?: number | undefined
  /** That a backend answered. */
  readonly status?: number | undefined
  readonly error: string
  /** In the words of whoever refused. Without bodies, and without what a request brought. */
  readonly cause?: string | undefined
  /** How often it was the same, where more than once. */
  readonly count?: number
}

const longestCause = 300

export function tellFailure(error: GatewayError, step = error.step): ToldFailure {
  const { code, place, attempts, response } = error
  return { step, ...place, attempts, status: response?.status, error: code, cause: causeOf(error) }
}

/** What a `throw` says may be made of anything, and is its client's. */
function causeOf({ reason, detail, isWritten, cause }: GatewayError): string | undefined {
  if (reason !== undefined) return reason.slice(0, longestCause)
  const own = isWritten ? undefined : detail
  const behind = cause instanceof Error && !(cause instanceof GatewayError) ? maskMessage(cause) : undefined
  const text = [own, behind].filter((part) => part !== undefined).join(': ')
  return text === '' ? undefined : text.slice(0, longestCause)
}
