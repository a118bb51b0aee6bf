import { type ConfigTexts, type ReadOptions, readConfig } from '../config/read.ts'
import type { ReloadResult } from '../server/gateway.ts'
import { describeChange } from './changed-files.ts'
import { printMs } from './figures.ts'
import { printDiagnostics } from './reports/text.ts'
import type { Terminal } from './terminal.ts'

/** Tells a developer what became of each edit: a line for a good one, all that is wrong with a bad one. */
export async function createReloadPrinter(
  options: ReadOptions,
  { paint, color, print }: Terminal,
): Promise<(result: ReloadResult) => Promise<void>> {
  const read = async (): Promise<ConfigTexts> => (await readConfig(options)).texts
  let live = await read()
  let broken = false
  return async ({ ok, changed, version, diagnostics, textOf, ms }) => {
    const found = printDiagnostics(diagnostics, textOf, color)
    if (!ok) {
      broken = true
      print([...found, paint.yellow(`the running configuration stays (version ${version})`)].join('\n\n'))
      return
    }
    if (changed) {
      const before = live
      live = await read()
      const change = describeChange(before, live) || 'the environment changed'
      const line = `${paint.green('reloaded')} ${change} ${paint.dim(`(version ${version}, ${printMs(ms)})`)}`
      print([...found, line].join('\n\n'))
    } else if (broken) print(`${paint.green('mended')} ${paint.dim(`(version ${version} runs on)`)}`)
    broken = false
  }
}
