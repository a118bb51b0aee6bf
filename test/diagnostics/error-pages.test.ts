import { describe, expect, test } from '@jest/globals'
import { testProject } from '../../src/cli/test-project.ts'
import { filesOfExample } from '../../src/describe/pages/example.ts'
import { errorPages } from '../../src/diagnostics/pages/errors.ts'
import type { Example } from '../../src/diagnostics/pages/page.ts'
import { knownErrors } from '../../src/errors.ts'
import { createProject } from '../support/tessera.ts'

const pages = Object.entries(errorPages)

/** Runs the tests of an example as `tessera test` does; gives how many there were and what was wrong. */
async function runExample(example: Example) {
  const project = await createProject(Object.fromEntries(filesOfExample(example)))
  try {
    const options = { config: 'config/gateway.yaml', base: project.root, env: {}, only: [], coverage: false }
    const { findings, run } = await testProject(options)
    const results = run?.suites.flatMap((suite) => suite.results) ?? []
    const problems = results.flatMap((result) => result.problems.map(({ message }) => message))
    return { tests: results.length, told: [...findings.diagnostics.map(({ message }) => message), ...problems] }
  } finally {
    await project.remove()
  }
}

describe('the page of', () => {
  test.each(pages)('%s has a wrong example that answers as it says', async (_, { wrong }) => {
    expect(await runExample(wrong)).toEqual({ tests: 1, told: [] })
  })

  test.each(pages)('%s has a right example that lives with the same failure', async (_, { right }) => {
    expect(await runExample(right)).toEqual({ tests: 1, told: [] })
  })
})

test('every error of the gateway has a page', () => {
  expect(pages.map(([code]) => code).sort()).toEqual([...Object.keys(knownErrors), 'http-<status>'].sort())
})
