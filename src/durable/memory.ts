import type { Batch } from './log/entry.ts'
import { Run, type RunEnd, type RunOptions } from './run.ts'

export interface RunInMemory<Outcome> {
  readonly run: Run<Outcome>
  /** What it came to; undefined where it crashed, or nothing of it goes on by itself any more. */
  readonly end: RunEnd<Outcome> | undefined
}

/** Records in memory: for tests, which end with it. `keep` may end the record, as a crash would; `began` is handed the run. */
export async function runInMemory<Outcome>(
  options: RunOptions<Outcome>,
  keep: (batch: Batch) => boolean = () => true,
  began: (run: Run<Outcome>) => void = () => {},
): Promise<RunInMemory<Outcome>> {
  const stopped = Promise.withResolvers<undefined>()
  const run = new Run({ ...options, stuck: () => stopped.resolve(undefined) })
  const { log } = run
  /** False where it crashed. */
  const write = async (): Promise<boolean> => {
    for (let next = await log.take(); next; next = await log.take()) {
      if (!keep(next.batch)) {
        run.abort()
        stopped.resolve(undefined)
        return false
      }
      run.count(JSON.stringify(next.batch).length)
      next.written()
    }
    return true
  }
  const written = write()
  const going = run.go()
  began(run)
  const end = await Promise.race([going, stopped.promise])
  if (end) log.end()
  return { run, end: end && (await written) ? end : undefined }
}
