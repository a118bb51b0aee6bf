import { pathToFileURL } from 'node:url'

interface Position {
  readonly line: number
  readonly column: number
}

const start: Position = { line: 1, column: 1 }

/** Where in a module something was thrown, as far as the engine says; its beginning where it does not. */
export function placeOfThrown(thrown: unknown, text: string, path: string): Position {
  const stack = (thrown as Error | undefined)?.stack ?? ''
  return findFrame(stack, path) ?? findCaret(stack, path) ?? findInText(thrown, text, path) ?? start
}

/** `at f (file:///x.ts?1f3a:3:7)` */
function findFrame(stack: string, path: string): Position | undefined {
  for (const name of namesOf(path)) {
    for (const rest of stack.split(name).slice(1)) {
      const [, line, column] = /^(?:\?\w+)?:(\d+):(\d+)/.exec(rest) ?? []
      if (line) return { line: Number(line), column: Number(column) }
    }
  }
  return undefined
}

/** The lines that stand before an error of syntax: file and line, the line itself, carets below it. */
function findCaret(stack: string, path: string): Position | undefined {
  const [first = '', ...lines] = stack.split('\n')
  const named = namesOf(path).some((name) => first.startsWith(name))
  const line = named ? /:(\d+)$/.exec(first)?.[1] : undefined
  if (line === undefined) return undefined
  const carets = lines.find((one) => /^\s*\^+\s*$/.test(one)) ?? '^'
  return { line: Number(line), column: carets.indexOf('^') + 1 }
}

/** V8 does not tell where JavaScript is not well-formed; the parser of types does. */
function findInText(thrown: unknown, text: string, path: string): Position | undefined {
  const { stripTypeScriptTypes } = process.getBuiltinModule('node:module')
  if (!(thrown instanceof SyntaxError) || !stripTypeScriptTypes) return undefined
  try {
    stripTypeScriptTypes(text, { sourceUrl: path })
    return undefined
  } catch (error) {
    return findCaret((error as Error).stack ?? '', path)
  }
}

function namesOf(path: string): string[] {
  return [pathToFileURL(path).href, path]
}
