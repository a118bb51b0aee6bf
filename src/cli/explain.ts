import { existsSync } from 'node:fs'
import { Argument, Option } from 'commander'
import type { Snapshot } from '../plan/snapshot.ts'
import { type CliCommand, type ConfigOptions, configOptions, defaultConfig, type ExitCode } from './command.ts'
import { findRoute, loadSnapshot } from './load-snapshot.ts'
import type { Terminal } from './terminal.ts'

interface ExplainOptions extends ConfigOptions {
  readonly format: 'pretty' | 'json'
}

/** What there is to say, as data and as text. */
interface Explanation {
  readonly data: unknown
  print(terminal: Terminal): string
}

export const explain: CliCommand<ExplainOptions> = {
  name: 'explain',
  summary: 'Explain a route, a color, the code of a diagnostic or an error, or a word of the language.',
  examples: [
    ['tessera explain mobile-home', 'who feeds what, which policy holds where, how long it may take'],
    ['tessera explain sibling-read', 'what a rule asks for, with a wrong and a right example'],
    ['tessera explain user.id', 'who gives a color, who reads it, who sees it'],
    ['tessera explain circuit-open', 'when a request fails like this, and what to do'],
    [
      'tessera explain forEach',
      'a step, an operator, a function, a policy or a key: what it is for, and where it may stand',
    ],
  ],
  operands: [new Argument('<name>', 'a route by name or file, a color, a code, or a word of the language')],
  options: [
    ...configOptions(),
    new Option('--format <format>', 'how to write it').choices(['pretty', 'json']).default('pretty'),
  ],
  run: runExplain,
}

async function runExplain(
  options: ExplainOptions,
  terminal: Terminal,
  [name = '']: readonly string[],
): Promise<ExitCode> {
  const show = ({ data, print }: Explanation): ExitCode => {
    terminal.print(options.format === 'json' ? JSON.stringify(data, null, 2) : print(terminal))
    return 0
  }
  // A code is explained without a project, too.
  const page = await explainCode(name)
  if (page) return show(await besideWord(page, name))
  // So is a word of the language where there is none.
  const word = existsSync(options.config ?? defaultConfig) ? undefined : await explainWordOf(name)
  if (word) return show(word)
  const snapshot = await loadSnapshot(options, terminal)
  if (!snapshot) return 1
  const found = (await explainInProject(name, snapshot)) ?? (await explainWordOf(name, snapshot))
  if (found) return show(found)
  terminal.complain(`nothing is called \`${name}\`: ${await suggestName(name, snapshot)}`)
  return 2
}

async function explainCode(name: string): Promise<Explanation | undefined> {
  const [{ findPage }, { printCode }] = await Promise.all([
    import('../describe/pages/view.ts'),
    import('./explanations/code.ts'),
  ])
  const page = findPage(name)
  return page && { data: page, print: (terminal) => printCode(page, terminal) }
}

/** A code may be a word of the language, too: `timeout`. */
async function besideWord(page: Explanation, name: string): Promise<Explanation> {
  const word = await explainWordOf(name)
  if (!word) return page
  const data = { ...(page.data as object), ...(word.data as object) }
  return { data, print: (terminal) => `${page.print(terminal)}\n\n${word.print(terminal)}` }
}

/** What the language means by a word, by what a project adds to it if there is one. */
async function explainWordOf(name: string, snapshot?: Snapshot): Promise<Explanation | undefined> {
  const [{ explainWord }, { printWord }, { builtIn }] = await Promise.all([
    import('../describe/explain/word.ts'),
    import('./explanations/word.ts'),
    import('../plan/extensions/registry.ts'),
  ])
  const data = explainWord(name, snapshot?.registry ?? builtIn)
  return data && { data, print: (terminal) => printWord(data, terminal) }
}

async function explainInProject(name: string, snapshot: Snapshot): Promise<Explanation | undefined> {
  const color = snapshot.colors.get(name)
  if (color) {
    const [{ explainColor }, { printColor }] = await Promise.all([
      import('../describe/explain/color.ts'),
      import('./explanations/color.ts'),
    ])
    const data = explainColor(color, snapshot)
    return { data, print: (terminal) => printColor(data, terminal) }
  }
  const route = findRoute(snapshot, name)
  if (route) {
    const [{ explainRoute, explainPassthrough }, { printRoute, printPassthrough }] = await Promise.all([
      import('../describe/explain/route.ts'),
      import('./explanations/route.ts'),
    ])
    if (route.kind === 'passthrough') {
      const data = explainPassthrough(route)
      return { data, print: (terminal) => printPassthrough(data, terminal) }
    }
    const data = explainRoute(route, snapshot)
    return { data, print: (terminal) => printRoute(data, terminal) }
  }
  const [{ explainErrorCode, listErrorCodes }, { printErrorCode }] = await Promise.all([
    import('../describe/explain/error-code.ts'),
    import('./explanations/code.ts'),
  ])
  if (!listErrorCodes(snapshot).has(name)) return undefined
  const data = explainErrorCode(name, snapshot)
  return { data, print: (terminal) => printErrorCode(data, terminal) }
}

async function suggestName(name: string, snapshot: Snapshot): Promise<string> {
  const [{ didYouMean }, { diagnosticPageCodes, errorPageCodes }, { listErrorCodes }] = await Promise.all([
    import('../diagnostics/suggest.ts'),
    import('../describe/pages/view.ts'),
    import('../describe/explain/error-code.ts'),
  ])
  const names = [
    ...snapshot.routes.map((route) => route.name),
    ...snapshot.colors.keys(),
    ...diagnosticPageCodes,
    ...errorPageCodes,
    ...listErrorCodes(snapshot),
  ]
  return didYouMean(name, names) ?? 'no route, color, code or word of the language is like it'
}
