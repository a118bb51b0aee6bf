import type { Clock } from '../../clock.ts'
import { type GatewayError, toGatewayError } from '../../errors.ts'
import type { Call, CallResponse } from '../call.ts'
import type { SplitPolicy } from '../service-target.ts'
import { compileChoice } from './choice.ts'
import type { Split } from './split.ts'
import type { Version } from './version.ts'

export interface SplitCallParts {
  readonly clock: Clock
  readonly split: Split
  /** A call goes to the version of this name. */
  readonly count: (version: string) => void
}

/**
 * Chooses a version once for each call; its retries and fallbacks stay with it.
 * @param calls by version
 */
export function splitCalls(policy: SplitPolicy, calls: readonly Call[], { clock, split, count }: SplitCallParts): Call {
  const choose = compileChoice(policy, split)
  return (context) => {
    const version = choose(context.document)
    const { id, index, load } = version
    count(id)
    if (context.span.sampled) context.span.set({ 'tessera.version': id })
    const startedAt = clock.now()
    if (split.isWatched) load.begin()

    function end(source: CallResponse['source'] | undefined, error: GatewayError | undefined): void {
      if (!split.isWatched) return
      const tookMs = clock.now() - startedAt
      if (error) note(version, clock.now(), tookMs, error)
      else if (source === 'live') load.end(clock.now(), tookMs, false)
      else load.drop()
    }

    return calls[index]!(context).then(
      (response) => {
        end(response.source, response.error)
        ;(response as { version?: string }).version = id
        return response
      },
      (thrown: unknown) => {
        const error = toGatewayError(thrown)
        end(undefined, error)
        if (error.code !== 'cancelled') error.version = id
        throw error
      },
    )
  }
}

/** A version that rests after failures has failed. */
function note({ load }: Version, now: number, tookMs: number, error: GatewayError): void {
  const verdict = error.code === 'circuit-open' ? 'failure' : error.verdict
  if (verdict === 'nothing') load.drop()
  else load.end(now, tookMs, verdict === 'failure')
}
