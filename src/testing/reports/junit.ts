import pc from 'picocolors'
import type { TestRun } from '../run.ts'
import type { TestResult } from '../run-test.ts'
import { printProblem } from './pretty.ts'
import { countTests } from './totals.ts'

const plain = pc.createColors(false)

/** For CI: JUnit's XML, a suite a file, times in seconds. */
export function printJunit(run: TestRun): string {
  const { tests, failed, ms } = countTests(run)
  const suites = run.suites.flatMap((one) => {
    const sum = countTests({ suites: [one], coverage: undefined })
    const { source, route } = one.suite
    const counts = { tests: sum.tests, failures: sum.failed, time: seconds(sum.ms) }
    return [
      `  <testsuite${attributes({ name: source.path, ...counts })}>`,
      ...one.results.map((result) => printCase(result, route.name)),
      '  </testsuite>',
    ]
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ tests, failures: failed, time: seconds(ms) })}>`,
    ...suites,
    '</testsuites>',
  ].join('\n')
}

function printCase({ test, problems, ms }: TestResult, route: string): string {
  const { file, line } = test.at
  const open = `    <testcase${attributes({ classname: route, name: test.name, file, line, time: seconds(ms) })}`
  const [first] = problems
  if (!first) return `${open}/>`
  const details = problems.map((problem) => printProblem(problem, plain)).join('\n')
  return [
    `${open}>`,
    `      <failure${attributes({ message: first.message })}>${escapeXml(details)}</failure>`,
    '    </testcase>',
  ].join('\n')
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('')
}

/** What XML 1.0 cannot hold is replaced. */
const unprintable = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escapeXml(text: string): string {
  return text.replaceAll(unprintable, '\ufffd').replaceAll(/[&<>"]/g, (character) => entities[character]!)
}
