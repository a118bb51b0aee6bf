import { resolve } from 'node:path'
import type { ConfigTexts } from '../config/texts.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Route, Snapshot } from '../plan/snapshot.ts'
import { textsByPath } from './changed-files.ts'
import { type ConfigOptions, readingOf } from './command.ts'
import { printAll } from './reports/pretty.ts'
import type { Terminal } from './terminal.ts'

/** Loads the configuration; one with errors gives undefined, and they are printed. */
export async function loadSnapshot(options: ConfigOptions, terminal: Terminal): Promise<Snapshot | undefined> {
  const [{ readConfig }, { buildSnapshot }] = await Promise.all([
    import('../config/read.ts'),
    import('../plan/build.ts'),
  ])
  const { texts } = await readConfig(readingOf(options))
  const { snapshot, diagnostics } = buildSnapshot(texts)
  if (snapshot) return snapshot
  printErrors(diagnostics, texts, terminal)
  return undefined
}

/** Tells what is wrong, warnings and hints aside. */
export function printErrors(diagnostics: readonly Diagnostic[], texts: ConfigTexts, terminal: Terminal): void {
  const files = textsByPath(texts)
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  terminal.complain(printAll({ diagnostics: errors, textOf: (file) => files.get(file) }, terminal.color).join('\n\n'))
}

/** A route by its name, or by its file as a person in this directory would write it. */
export function findRoute({ routes }: Snapshot, wanted: string): Route | undefined {
  return routes.find(({ name }) => name === wanted) ?? routes.find(({ file }) => resolve(file) === resolve(wanted))
}

/** A part by its name or file. */
export function findPart({ parts }: Snapshot, wanted: string): Snapshot['parts'][number] | undefined {
  return parts.find(({ name }) => name === wanted) ?? parts.find(({ file }) => resolve(file) === resolve(wanted))
}
