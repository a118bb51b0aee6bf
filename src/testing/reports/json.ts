import { printJson as printText } from '../../json-text.ts'
import type { TestRun } from '../run.ts'
import { countTests, sumCoverage } from './totals.ts'

/** For programs: everything, times in milliseconds. */
export function printJson(run: TestRun): string {
  const { suites, coverage } = run
  const report = {
    ...countTests(run),
    suites: suites.map(({ suite, results }) => ({
      file: suite.source.path,
      route: suite.route.name,
      tests: results.map(({ test, problems, ms, virtualMs }) => ({
        name: test.name,
        file: test.at.file,
        line: test.at.line,
        passed: problems.length === 0,
        ms,
        virtualMs,
        problems: problems.map(({ at, message, differences }) => ({
          file: at.file,
          line: at.line,
          column: at.column,
          message,
          differences: differences.map(({ where, expected, actual }) => ({ where, expected, actual })),
        })),
      })),
    })),
    coverage: coverage && {
      ...sumCoverage(coverage),
      routes: coverage.map(({ route, file, total, reached, missed }) => ({
        route,
        file,
        ...sumCoverage([{ total, reached }]),
        missed: missed.map(({ at, what }) => ({ file: at.file, line: at.line, column: at.column, what })),
      })),
    },
  }
  return printText(report, 2)
}
