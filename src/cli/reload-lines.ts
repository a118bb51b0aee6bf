import { type ReadOptions, readConfig } from '../config/read.ts'
import type { ConfigTexts } from '../config/texts.ts'
import type { ReloadResult } from '../server/gateway.ts'
import { describeChange } from './changed-files.ts'
import { printMs } from './figures.ts'
import { printAll } from './reports/pretty.ts'
import type { Terminal } from './terminal.ts'

/** Tells a developer what became of each edit: a line for a good one, all that is wrong with a bad one. */
export async function createReloadPrinter(
  options: ReadOptions,
  { paint, color, print }: Terminal,
): Promise<(result: ReloadResult) => Promise<void>> {
  const read = async (): Promise<ConfigTexts> => (await readConfig({ ...options, runsExtensions: false })).texts
  let live = await read()

  return async (result) => {
    const { ok, changed, version } = result
    const before = live
    if (ok) live = await read()
    print([...printAll(result, color), conclude(describeChange(before, live))].join('\n\n'))

    function conclude(change: string): string {
      if (!ok) return paint.yellow(`the running configuration stays (version ${version})`)
      if (!changed) return `${paint.green('mended')}: version ${version} runs on`
      return `${paint.green('reloaded')} ${change} ${paint.dim(`(version ${version}, ${printMs(result.ms)})`)}`
    }
  }
}
