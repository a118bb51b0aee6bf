import { readFile } from 'node:fs/promises'
import { Argument, Option } from 'commander'
import { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import { parseJson, printJson } from '../json-text.ts'
import type { CliCommand, ExitCode } from './command.ts'
import type { EvaluatedKind, Evaluator } from './evaluator.ts'
import type { Terminal } from './terminal.ts'

interface EvalOptions {
  readonly cel?: boolean
  readonly template?: boolean
  readonly batch?: boolean
}

export const evaluate: CliCommand<EvalOptions> = {
  name: 'eval',
  summary: 'Evaluate a JSONPath, a CEL expression or a template on a JSON document.',
  examples: [
    ["tessera eval '$.items[*].id' answer.json", 'a JSONPath: the value, or a list where it may find many'],
    ["tessera eval --cel 'size(items) > 2' answer.json", 'a condition'],
    ['curl … | tessera eval --template \'{ ids: "$.items[*].id" }\' -', 'a template, the document from a pipe'],
    ['tessera eval --batch < lines.jsonl', '{"jsonpath" | "cel" | "template": …, "document": …} a line'],
  ],
  operands: [
    new Argument('[expression]', 'a JSONPath, unless an option says otherwise'),
    new Argument('[file]', 'the JSON document; - or nothing: standard input'),
  ],
  options: [
    new Option('--cel', 'the expression is CEL').conflicts(['template', 'batch']),
    new Option('--template', 'the expression is a template, in YAML or JSON').conflicts('batch'),
    new Option('--batch', 'answer lines of JSON from standard input: nodes, value or error, one line each'),
  ],
  run: runEval,
}

async function runEval(options: EvalOptions, terminal: Terminal, operands: readonly string[]): Promise<ExitCode> {
  const [text, file = '-'] = operands
  if (options.batch) return text === undefined ? runBatch(terminal) : refuse('--batch takes no expression', terminal)
  if (text === undefined) return refuse('an expression is missing', terminal)
  const kind: EvaluatedKind = options.cel ? 'cel' : options.template ? 'template' : 'jsonpath'
  const evaluator = await compile(kind, text, terminal)
  if (!evaluator) return 1
  const { printFailure } = await import('./evaluator.ts')
  try {
    const value = evaluator.evaluate(await readDocument(file))
    if (value === undefined) terminal.complain('there is nothing')
    else terminal.print(printJson(value, 2))
    return 0
  } catch (thrown) {
    terminal.complain(printFailure(thrown))
    return 1
  }
}

function refuse(message: string, terminal: Terminal): ExitCode {
  terminal.complain(`error: ${message}`)
  return 2
}

async function runBatch(terminal: Terminal): Promise<ExitCode> {
  const { answerLines } = await import('./eval-batch.ts')
  await answerLines(process.stdin.setEncoding('utf8'), terminal.print)
  return 0
}

/** Prints what is wrong with the expression, a caret under it; undefined then. */
async function compile(kind: EvaluatedKind, text: string, terminal: Terminal): Promise<Evaluator | undefined> {
  const [{ compileEvaluator }, { parseYaml }, { printAll }] = await Promise.all([
    import('./evaluator.ts'),
    import('../yaml/parse.ts'),
    import('./reports/pretty.ts'),
  ])
  const diagnostics = new DiagnosticCollector()
  const inBraces = kind === 'jsonpath' ? /^\s*\$\{([\s\S]*)\}\s*$/.exec(text)?.[1] : undefined
  const hint = inBraces === undefined ? undefined : `this is CEL: tessera eval --cel '${inBraces.trim()}'`
  const source = kind === 'template' ? parseYaml({ path: kind, text }, process.env, diagnostics) : undefined
  if (!diagnostics.hasErrors) {
    const compiled = compileEvaluator(kind, source ? source.value : text)
    if ('evaluate' in compiled) return compiled
    for (const { code, message, path, offset, length, help } of compiled) {
      diagnostics.add(code, message, at(), hint ?? help)

      function at(): Location {
        if (!source) return locate(kind, text, offset, length)
        // An operator is a key, all other faults sit in a string.
        return code === 'unknown-operator' ? source.locateKey(path) : source.locateInside(path, offset, length)
      }
    }
  }
  terminal.complain(printAll({ diagnostics: diagnostics.sorted(), textOf: () => text }, terminal.color).join('\n\n'))
  return undefined
}

function locate(file: string, text: string, offset: number, length: number): Location {
  const before = text.slice(0, offset).split('\n')
  const column = before.at(-1)!.length + 1
  return { file, line: before.length, column, endLine: before.length, endColumn: column + Math.max(1, length) }
}

async function readDocument(file: string): Promise<unknown> {
  let text = ''
  if (file === '-') for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk
  else text = await readFile(file, 'utf8')
  try {
    return parseJson(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new Error(`${file === '-' ? 'standard input' : file} is not JSON: ${(error as Error).message}`)
  }
}
