import { isAbsolute, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Severity } from '../../diagnostics/codes.ts'
import { diagnosticCodes } from '../../diagnostics/codes.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { readPackageVersion } from '../../version.ts'
import type { Reporter } from './report.ts'

const levels: Record<Severity, string> = { error: 'error', warning: 'warning', hint: 'note' }
const codes = Object.keys(diagnosticCodes)
const rules = Object.entries(diagnosticCodes).map(([id, { severity, rule }]) => ({
  id,
  shortDescription: { text: `${rule}.` },
  defaultConfiguration: { level: levels[severity] },
}))

/** For code scanning: SARIF 2.1.0 (OASIS), one run, a rule for every diagnostic there is. */
export const sarif: Reporter = ({ diagnostics }) =>
  JSON.stringify(
    {
      $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'tessera', semanticVersion: readPackageVersion(), rules } },
          columnKind: 'utf16CodeUnits',
          results: diagnostics.map(describeResult),
        },
      ],
    },
    null,
    2,
  )

function describeResult({ code, severity, message, at, help }: Diagnostic) {
  const { file, line, column, endLine, endColumn } = at
  const region = { startLine: line, startColumn: column, endLine, endColumn }
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: levels[severity],
    message: { text: help === undefined ? message : `${message} (${help})` },
    locations: [{ physicalLocation: { artifactLocation: locateFile(file), region } }],
  }
}

/** A relative file is relative to where the command ran, which scanners take for the root of the sources. */
function locateFile(file: string) {
  if (isAbsolute(file)) return { uri: pathToFileURL(file).href }
  return { uri: file.split(sep).map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' }
}
