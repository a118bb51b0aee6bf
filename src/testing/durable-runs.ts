import { runInMemory } from '../durable/memory.ts'
import { parseJson, printJson } from '../json-text.ts'
import type { AggregatedRoute } from '../plan/snapshot.ts'
import type { ExecutionParts } from '../run/execute.ts'
import { runRecorded } from '../run/recorded.ts'
import type { Handle } from '../run/stage.ts'
import { untraced } from '../telemetry/untraced.ts'

/** The end of a durable route in a test: a run that is recorded as any other, and forgotten with the test. */
export function recordInMemory(route: AggregatedRoute, parts: ExecutionParts): Handle {
  let runs = 0
  return async (request, client) => {
    runs += 1
    const propagation = client.propagation()
    const { outcome } = await runInMemory({
      id: `run-${runs}`,
      seed: `${runs}`,
      document: parseJson(printJson(request.document)) as NonNullable<typeof request.document>,
      past: [],
      settings: route.durable!,
      maxWork: route.maxWork,
      clock: parts.clock,
      execute: (start) => runRecorded(route, parts, { ...start, span: untraced, propagation }),
      isFailure: ({ kind }) => kind === 'failure',
      parked() {},
    })
    return outcome
  }
}
