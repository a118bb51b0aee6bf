import { describe, expect, test } from '@jest/globals'
import pc from 'picocolors'
import { reporters } from '../../src/cli/reports/index.ts'
import type { Report } from '../../src/cli/reports/report.ts'
import { diagnosticCodes } from '../../src/diagnostics/codes.ts'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'

const error: Diagnostic = {
  code: 'unknown-color',
  severity: 'error',
  message: 'nothing is called `a%,:b`',
  at: { file: 'routes/a b,c.yaml', line: 3, column: 5, endLine: 3, endColumn: 9 },
  help: 'did you mean `x`?\nor y',
}
const hint: Diagnostic = {
  code: 'unused-output',
  severity: 'hint',
  message: 'nothing uses `cart.sum`',
  at: { file: '/elsewhere/services/c.yaml', line: 7, column: 1, endLine: 9, endColumn: 2 },
}
const report = (...diagnostics: Diagnostic[]): Report => ({
  diagnostics,
  textOf: () => undefined,
  counts: { routes: 1, services: 1, colors: 2 },
  ms: 12,
})
const terminal = { color: false, paint: pc.createColors(false) }

test('json is a flat list', () => {
  expect(JSON.parse(reporters.json(report(error, hint), terminal))).toEqual([
    {
      code: 'unknown-color',
      severity: 'error',
      message: 'nothing is called `a%,:b`',
      file: 'routes/a b,c.yaml',
      line: 3,
      column: 5,
      endLine: 3,
      endColumn: 9,
      help: 'did you mean `x`?\nor y',
    },
    expect.objectContaining({ code: 'unused-output', severity: 'hint', help: null }),
  ])
  expect(reporters.json(report(), terminal)).toBe('[]')
})

test('github is a workflow command a diagnostic, escaped, and a summary', () => {
  expect(reporters.github(report(error, hint), terminal).split('\n')).toEqual([
    '::error file=routes/a b%2Cc.yaml,line=3,col=5,endColumn=8,title=unknown-color::nothing is called `a%25,:b`%0Adid you mean `x`?%0Aor y',
    '::notice file=/elsewhere/services/c.yaml,line=7,col=1,endLine=9,title=unused-output::nothing uses `cart.sum`',
    '1 error, 1 hint',
  ])
  expect(reporters.github(report(), terminal)).toBe('no problems')
})

describe('sarif', () => {
  const log = JSON.parse(reporters.sarif(report(error, hint), terminal))
  const [run] = log.runs

  test('has a rule for every diagnostic, and results that point to theirs', () => {
    expect([log.version, log.runs.length]).toEqual(['2.1.0', 1])
    const { rules } = run.tool.driver
    expect(rules.map(({ id }: { id: string }) => id)).toEqual(Object.keys(diagnosticCodes))
    for (const { ruleId, ruleIndex } of run.results) expect(rules[ruleIndex].id).toBe(ruleId)
    expect(rules[run.results[1].ruleIndex].defaultConfiguration.level).toBe('note')
  })

  test('tells level, message and place', () => {
    expect(run.columnKind).toBe('utf16CodeUnits')
    expect(run.results).toEqual([
      expect.objectContaining({
        level: 'error',
        message: { text: 'nothing is called `a%,:b` (did you mean `x`?\nor y)' },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'routes/a%20b%2Cc.yaml', uriBaseId: '%SRCROOT%' },
              region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 9 },
            },
          },
        ],
      }),
      expect.objectContaining({
        level: 'note',
        locations: [
          expect.objectContaining({
            physicalLocation: expect.objectContaining({
              artifactLocation: { uri: 'file:///elsewhere/services/c.yaml' },
            }),
          }),
        ],
      }),
    ])
  })
})

test('pretty sums up what it looked at', () => {
  expect(reporters.pretty(report(), terminal)).toBe('1 route, 1 service, 2 colors: no problems (12 ms)')
})
