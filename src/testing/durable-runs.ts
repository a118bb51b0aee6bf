import type { Batch } from '../durable/log/entry.ts'
import { runInMemory } from '../durable/memory.ts'
import type { RunState } from '../durable/state.ts'
import { parseJson, printJson } from '../json-text.ts'
import type { AggregatedRoute } from '../plan/snapshot.ts'
import type { ExecutionParts } from '../run/execute.ts'
import type { Answer, Failure } from '../run/outcome.ts'
import { runRecorded } from '../run/recorded.ts'
import type { Handle } from '../run/stage.ts'
import { untraced } from '../telemetry/untraced.ts'
import { type Crash, CrashingRecord } from './crashes.ts'

/** What became of a run. */
export interface TestedRun {
  readonly state: RunState
  readonly compensated: readonly string[]
  /** Those of its `crash` that it did not come to. */
  readonly missed: readonly string[]
}

/** The runs of a durable route in a test: recorded as any other, and forgotten with the test. */
export class RecordedRuns {
  /** Of the run that begins next, one after the other. */
  crashes: readonly Crash[] = []
  /** The one that began last. */
  last: TestedRun | undefined
  #runs = 0

  /** The end of a durable route. */
  end(route: AggregatedRoute, parts: ExecutionParts): Handle {
    return async (request, client) => {
      const seed = `${++this.#runs}`
      const id = `run-${seed}`
      const propagation = client.propagation()
      const text = printJson(request.document)
      const record = new CrashingRecord(this.crashes)
      for (;;) {
        const { length } = record.left
        const { run, end } = await runInMemory<Answer | Failure>(
          {
            ...{ id, seed, maxWork: route.maxWork, clock: parts.clock },
            document: parseJson(text) as NonNullable<typeof request.document>,
            past: parseJson(printJson(record.batches)) as Batch[],
            settings: route.durable!,
            execute: (start) => runRecorded(route, parts, { ...start, span: untraced, propagation }),
            isFailure: ({ kind }) => kind === 'failure',
            parked() {},
          },
          record.keep,
        )
        // It has crashed.
        if (!end && record.left.length < length) continue
        const { state, compensated } = run
        this.last = { state, compensated, missed: record.left.map((crash) => crash.text) }
        return end?.outcome ?? goesOn(id, state)
      }
    }
  }
}

function goesOn(id: string, state: RunState): Answer {
  const body = Buffer.from(JSON.stringify({ id, state }))
  return { kind: 'answer', status: 202, headers: {}, body, records: [], degraded: [] }
}
