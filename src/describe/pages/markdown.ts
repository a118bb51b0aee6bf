import { exampleProject } from '../../diagnostics/pages/project.ts'
import { printDiagnostic } from '../../diagnostics/print.ts'
import {
  type CodeExplanation,
  diagnosticPageCodes,
  errorPageCodes,
  explainDiagnosticCode,
  explainErrorPage,
  type ShownExample,
  textOfExample,
} from './view.ts'

const notice = '<!-- Generated from src/diagnostics/pages/ by `npm run generate`: edit those. -->'
const longest = 100

/** The pages of docs/reference/diagnostics/, by their names. */
export function renderCodePages(): Map<string, string> {
  const diagnostics = diagnosticPageCodes.map(explainDiagnosticCode)
  const errors = errorPageCodes.map(explainErrorPage)
  const pages = [...diagnostics, ...errors].map((page): [string, string] => [fileOf(page.code), renderPage(page)])
  return new Map([['README.md', renderIndex(diagnostics, errors)], ...pages])
}

/** `http-<status>` is no name for a file. */
const fileOf = (code: string) => `${code.replace(/[<>]/g, '')}.md`

function renderPage(page: CodeExplanation): string {
  const { code, kind, severity, status, title, why, fix, suppression, wrong, right } = page
  const standing =
    kind === 'diagnostic' ? `${severity}, found when the configuration is loaded` : `answered with ${status}`
  const said = wrong.diagnostics.map((one) => fence('', printDiagnostic(one, textOfExample(wrong), false)))
  return [
    notice,
    `# ${code}`,
    `*${title}.* (${standing})`,
    why,
    '## Wrong',
    ...renderFiles(wrong),
    ...said,
    '## Right',
    ...renderFiles(right),
    '## What to do',
    fix,
    ...(suppression ? [`To let one stand: ${suppression}`] : []),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n')
}

function renderFiles({ files }: ShownExample): string[] {
  return files.flatMap(({ path, text }) => [`**${path}**`, fence('yaml', shorten(text))])
}

const fence = (language: string, text: string) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``

/** A line of a megabyte is not for reading. */
export function shorten(text: string): string {
  return text.replace(/^.*$/gm, (line) => (line.length > longest * 2 ? `${line.slice(0, longest)}… and so on` : line))
}

function renderIndex(diagnostics: readonly CodeExplanation[], errors: readonly CodeExplanation[]): string {
  const link = (code: string) => `[\`${code}\`](${fileOf(code)})`
  const project = Object.entries(exampleProject).flatMap(([path, text]) => [`**${path}**`, fence('yaml', text)])
  return [
    notice,
    '# Diagnostics and errors',
    'What `tessera check` says of a configuration, and what a request may fail with. `tessera explain CODE` shows the same page in a terminal.',
    '## Diagnostics',
    [
      '| code | severity | what the rule asks for |',
      '|---|---|---|',
      ...diagnostics.map(
        ({ code, severity, title }) => `| ${link(code)} | ${severity} | ${title.replaceAll('|', '\\|')} |`,
      ),
    ].join('\n'),
    'A warning or a hint that may stand is silenced by a comment that says why: `# tessera-ignore CODE: reason`, at the end of the line or on a line of its own before it. An error cannot be silenced.',
    '## Errors of a request',
    [
      '| code | status | meaning |',
      '|---|---|---|',
      ...errors.map(({ code, status, title }) => `| ${link(code)} | ${status} | ${title} |`),
    ].join('\n'),
    '## The project of the examples',
    'Every example stands in this project; the files that it shows join these or take their place.',
    ...project,
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n')
}
