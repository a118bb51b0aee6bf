import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { type Environment, mayName, readVariables } from '../environment.ts'
import { runToEnd, type Work } from '../work.ts'
import { explainSyntax } from './explain-syntax.ts'
import { notSimple, readSimple } from './simple.ts'
import { Source, type SourceText } from './source.ts'
import { parseTreeInSteps } from './tree.ts'
import { TreeReader } from './tree-reader.ts'

const maxBytes = 1024 * 1024

/**
 * Parses a YAML file into plain values with positions. A text that names variables of the environment or files is an `EnvText`:
 * its place decides what it is. All faults of the file are collected; undefined when it is not YAML at all.
 */
export function parseYaml(file: SourceText, env: Environment, diagnostics: DiagnosticCollector): Source | undefined {
  return runToEnd(readInSteps(file, env, diagnostics))
}

/**
 * The same of a file of the configuration, in steps, of which a large one takes many. Keys at its top that begin with
 * `x-` hold what anchors repeat, and are nothing themselves.
 */
export function* parseYamlInSteps(
  file: SourceText,
  env: Environment,
  diagnostics: DiagnosticCollector,
): Work<Source | undefined> {
  const source = yield* readInSteps(file, env, diagnostics)
  const keys = typeof source?.value === 'object' && source.value !== null ? Object.keys(source.value) : []
  for (const key of keys) if (key.startsWith('x-')) delete (source!.value as Record<string, unknown>)[key]
  return source
}

function* readInSteps(file: SourceText, env: Environment, diagnostics: DiagnosticCollector): Work<Source | undefined> {
  const start = { file: file.path, line: 1, column: 1, endLine: 1, endColumn: 2 }
  if (file.text.length > maxBytes) {
    diagnostics.add('file-too-large', `the file has ${file.text.length} characters, the limit is ${maxBytes}`, start)
    return undefined
  }
  // A syntax tree takes ten times as long, and is needed only for what is rare or wrong.
  const namesVariables = mayName(file.text)
  const readText = (text: string) => (namesVariables && readVariables(text, env, giveUp)) || text
  const value = readSimple(file.text, readText)
  if (value !== notSimple) return new Source(file, value, undefined, namesVariables)
  yield
  return yield* parseFully(file, env, diagnostics)
}

function giveUp(): never {
  throw notSimple
}

function* parseFully(file: SourceText, env: Environment, diagnostics: DiagnosticCollector): Work<Source | undefined> {
  const tree = yield* parseTreeInSteps(file.text)
  const source = new Source(file, undefined, tree)
  if (tree.document.errors.length > 0) {
    // What follows the first error is mostly its echo.
    const error = tree.document.errors[0]!
    const at = source.locateRange(error.pos[0], Math.max(error.pos[1], error.pos[0] + 1))
    const { message, help } = explainSyntax(error, file.text)
    diagnostics.add('yaml-syntax', message, at, help)
    return undefined
  }
  yield
  const reader = new TreeReader(tree.document, source, env, diagnostics)
  return new Source(file, reader.read(), tree, mayName(file.text), reader.written)
}
