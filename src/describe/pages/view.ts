import type { Severity } from '../../diagnostics/codes.ts'
import { type DiagnosticCode, diagnosticCodes } from '../../diagnostics/codes.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { errorPages as pagesOfErrors } from '../../diagnostics/pages/errors.ts'
import { diagnosticPages } from '../../diagnostics/pages/index.ts'
import type { Example, Page } from '../../diagnostics/pages/page.ts'
import { knownErrors } from '../../errors.ts'
import { checkExample, filesOfExample } from './example.ts'

/** All that can be told of a code. Plain data (`--format json`). */
export interface CodeExplanation {
  readonly code: string
  readonly kind: 'diagnostic' | 'error'
  /** Of a diagnostic. */
  readonly severity: Severity | undefined
  /** Of an error: what it is answered with when nothing handles it. */
  readonly status: number | undefined
  /** What the rule asks for; of an error its title. */
  readonly title: string
  readonly why: string
  readonly fix: string
  /** How to silence it. */
  readonly suppression: string | undefined
  readonly wrong: ShownExample
  readonly right: ShownExample
}

/** The files that make an example, and what loading it says. */
export interface ShownExample {
  readonly files: readonly { readonly path: string; readonly text: string }[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Every error that the gateway itself raises; `http-<status>` stands for all of its kind. */
export type ErrorPageCode = keyof typeof knownErrors | 'http-<status>'

/** A new error needs a page: the compiler asks for it here. */
const errorPages: Readonly<Record<ErrorPageCode, Page>> = pagesOfErrors

export const diagnosticPageCodes = Object.keys(diagnosticCodes) as DiagnosticCode[]
export const errorPageCodes = Object.keys(errorPages) as ErrorPageCode[]

/** The page of a code: of a diagnostic, an error, or a status of a backend (`http-503`, `http-5xx`). */
export function findPage(name: string): CodeExplanation | undefined {
  if (Object.hasOwn(diagnosticCodes, name)) return explainDiagnosticCode(name as DiagnosticCode)
  const code = /^http-([1-5]\d\d|[45]xx|<status>)$/.test(name) ? 'http-<status>' : name
  return Object.hasOwn(errorPages, code) ? explainErrorPage(code as ErrorPageCode) : undefined
}

export function explainDiagnosticCode(code: DiagnosticCode): CodeExplanation {
  const { severity, rule } = diagnosticCodes[code]
  const { why, fix, wrong, right } = diagnosticPages[code]
  const suppression =
    severity === 'error'
      ? undefined
      : `\`# tessera-ignore ${code}: why it may stay\` at the end of the line, or on a line of its own before it.`
  return {
    code,
    kind: 'diagnostic',
    severity,
    status: undefined,
    title: rule,
    why,
    fix,
    suppression,
    wrong: showExample(wrong),
    right: showExample(right),
  }
}

export function explainErrorPage(code: ErrorPageCode): CodeExplanation {
  const { why, fix, wrong, right } = errorPages[code]
  const { status, title } = code === 'http-<status>' ? backendFailure : knownErrors[code]
  return {
    code,
    kind: 'error',
    severity: undefined,
    status,
    title,
    why,
    fix,
    suppression: undefined,
    wrong: showExample(wrong),
    right: showExample(right),
  }
}

const backendFailure = { status: 502, title: 'A backend answered with an error' }

function showExample(example: Example): ShownExample {
  const files = Object.entries(example).flatMap(([path, text]) => (text === null ? [] : [{ path, text }]))
  return { files, diagnostics: checkExample(example) }
}

/** Reads the text of a file of an example, for carets. */
export function textOfExample(example: ShownExample): (file: string) => string | undefined {
  const own = new Map(example.files.map(({ path, text }) => [path, text]))
  const project = filesOfExample({})
  return (file) => own.get(file) ?? project.get(file)
}
