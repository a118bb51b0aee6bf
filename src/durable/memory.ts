import type { Batch } from './log/entry.ts'
import { Run, type RunEnd, type RunOptions } from './run.ts'

/** Records in memory: for tests, which end with it. `keep` may end the record, as a crash would. */
export async function runInMemory<Outcome>(
  options: RunOptions<Outcome>,
  keep: (batch: Batch) => boolean = () => true,
): Promise<RunEnd<Outcome>> {
  const run = new Run(options)
  const { log } = run
  const write = async () => {
    for (let next = await log.take(); next; next = await log.take()) {
      if (!keep(next.batch)) await new Promise<never>(() => {})
      run.count(JSON.stringify(next.batch).length)
      next.written()
    }
  }
  const written = write()
  const end = await run.go()
  log.end()
  await written
  return end
}
