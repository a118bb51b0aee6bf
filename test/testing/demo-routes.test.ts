import { describe, expect, test } from '@jest/globals'
import pc from 'picocolors'
import { testProject } from '../../src/cli/test-project.ts'
import { printProblem } from '../../src/testing/reports/pretty.ts'
import { projectRoot } from '../support/tessera.ts'

const plain = pc.createColors(false)
const { findings, run } = await testProject({
  config: 'config/gateway.yaml',
  env: {},
  base: projectRoot,
  only: [],
  coverage: true,
})

test('the tests of the demo have no faults', () => {
  expect(findings.diagnostics).toEqual([])
})

describe.each(run!.suites.map(({ suite, results }) => [suite.source.path, results] as const))(
  '%s',
  (_file, results) => {
    test.each(results.map((result) => [result.test.name, result] as const))('%s', (_name, { problems }) => {
      expect(problems.map((problem) => printProblem(problem, plain))).toEqual([])
    })
  },
)

test('every route of the demo that aggregates is tested, and all of it', () => {
  const missed = run!.coverage!.flatMap((route) => route.missed.map(({ at, what }) => `${at.file}:${at.line} ${what}`))
  expect(missed).toEqual([])
  expect(run!.coverage!.length).toBeGreaterThanOrEqual(5)
  for (const { total, reached } of run!.coverage!) expect(reached).toBe(total)
})
