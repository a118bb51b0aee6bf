import type { ErrorCodeExplanation } from '../../describe/explain/error-code.ts'
import { shorten } from '../../describe/pages/markdown.ts'
import { type CodeExplanation, type ShownExample, textOfExample } from '../../describe/pages/view.ts'
import { printDiagnostic } from '../../diagnostics/print.ts'
import type { Terminal } from '../terminal.ts'
import { alignColumns, fill, section } from './lines.ts'

type Screen = Pick<Terminal, 'color' | 'paint' | 'width'>

/** The page of a diagnostic or an error, for a terminal. */
export function printCode(page: CodeExplanation, screen: Screen): string {
  const { code, kind, severity, status, title, why, fix, suppression, wrong, right } = page
  const { paint, color } = screen
  const width = Math.min(screen.width, 100)
  const tint = severity === 'hint' ? paint.cyan : severity === 'warning' ? paint.yellow : paint.red
  const head = kind === 'diagnostic' ? `${severity}[${code}]` : code
  const standing = kind === 'diagnostic' ? '' : paint.dim(`  answered with ${status}`)
  const said = wrong.diagnostics.map((one) => indent(printDiagnostic(one, textOfExample(wrong), color)))
  return [
    `${paint.bold(tint(head))}${standing}`,
    ...fill(`${title}.`, width).map(paint.bold),
    '',
    ...fill(why, width),
    ...section('Wrong', [...printFiles(wrong, screen), ...said.flatMap((text) => ['', text])], paint),
    ...section('Right', printFiles(right, screen), paint),
    ...section('What to do', fill(fix, width, '  '), paint),
    ...(suppression === undefined ? [] : fill(`To let one stand: ${suppression}`, width, '  ')),
  ].join('\n')
}

function printFiles({ files }: ShownExample, { paint }: Screen): string[] {
  return files.flatMap(({ path, text }, index) => [
    ...(index > 0 ? [''] : []),
    `  ${paint.dim(path)}`,
    indent(shorten(text.trimEnd()), '    '),
  ])
}

const indent = (text: string, by = '  ') => text.replace(/^(?=.)/gm, by)

/** An error code of a project's own, for a terminal. */
export function printErrorCode({ code, raisedBy, handledBy }: ErrorCodeExplanation, { paint }: Screen): string {
  const handlers = handledBy.map(({ route, at }) => [`a catch in ${route}`, paint.dim(at)])
  return [
    `${paint.bold(paint.red(code))}  ${paint.dim('an error of this project')}`,
    ...section(
      'Raised by',
      alignColumns(
        raisedBy.map(({ what, at }) => [what, paint.dim(at)]),
        '  ',
      ),
      paint,
    ),
    ...section('Handled by', handlers.length > 0 ? alignColumns(handlers, '  ') : ['  nothing by this name'], paint),
  ].join('\n')
}
