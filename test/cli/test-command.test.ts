import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { testProject } from '../../src/cli/test-project.ts'
import { createProject, goodProject, runTessera, startTessera } from '../support/tessera.ts'

const homeTests = `# what the page is made of
tests:
  - name: banners stand on the page   # of course
    mocks: { content.banners: { body: { items: [b1] } } }
    expect: { status: 200, body: { banners: [b1] } }
`
const files = {
  ...goodProject,
  'routes/home.test.yaml': homeTests,
  'routes/more/second.yaml': 'name: the-second\nmatch: GET /second\nresponse: { body: 2 }\n',
  'routes/more/second.test.yaml': 'tests: [ { name: two, expect: { body: 2 } } ]\n',
}
let project: Awaited<ReturnType<typeof createProject>>
beforeAll(async () => {
  project = await createProject(files)
})
afterAll(() => project.remove())

/** A project of its own with some files changed, for one test. */
async function inProject<Result>(
  changes: Record<string, string>,
  look: (root: string) => Promise<Result>,
): Promise<Result> {
  const own = await createProject({ ...files, ...changes })
  try {
    return await look(own.root)
  } finally {
    await own.remove()
  }
}

describe('test', () => {
  test('runs every test of the project, and ends with 0', async () => {
    const { code, stdout, stderr } = await runTessera(['test'], { cwd: project.root })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(
      /^routes\/home\.test\.yaml GET \/home\n {2}✓ banners stand on the page\n\nroutes\/more\/second\.test\.yaml .*\n {2}✓ two\n\n2 tests: all pass \(.*\)\n$/,
    )
  })

  test('ends with 1 when a test fails, and shows where', async () => {
    const { code, stdout } = await inProject(
      { 'routes/home.test.yaml': homeTests.replace('items: [b1]', 'items: [b2]') },
      (root) => runTessera(['test'], { cwd: root }),
    )
    expect(code).toBe(1)
    expect(stdout).toContain(
      'routes/home.test.yaml:5  the body differs\n        $.banners[0]\n        - "b1"\n        + "b2"\n',
    )
    expect(stdout).toContain('2 tests: 1 failed')
  })

  test.each([
    [['the-second']],
    [['second']],
    [['routes/more/second.yaml']],
    [['routes/more/second.test.yaml']],
    [['routes/more']],
    [['./routes/more/', 'second']],
  ])('%j runs the tests of that route only', async (only) => {
    const where = { config: 'config/gateway.yaml', base: project.root, env: {} }
    const { run, unknown } = await testProject({ ...where, only, coverage: true })
    expect(unknown).toEqual([])
    expect(run!.suites.map(({ suite }) => suite.route.name)).toEqual(['the-second'])
    expect(run!.coverage!.map(({ route }) => route)).toEqual(['the-second'])
  })

  test('of what is no route is wrong usage', async () => {
    const { code, stdout, stderr } = await runTessera(['test', 'homepage'], { cwd: project.root })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('`homepage` is no route')
  })

  test('says what no test reached', async () => {
    const { code, stdout } = await runTessera(['test', '--coverage'], { cwd: project.root })
    expect(code).toBe(0)
    expect(stdout).toContain('  100 %  routes/home.yaml\n')
    expect(stdout).toMatch(/\ncoverage 100 % \(1 of 1\)\n/)
  })

  test('writes XML for CI to standard output, and nothing else', async () => {
    const { stdout } = await runTessera(['test', '--format', 'junit'], { cwd: project.root })
    expect(stdout).toMatch(/^<\?xml [\s\S]*<testsuites tests="2" failures="0"[\s\S]*<\/testsuites>\n$/)
  })

  test('of a project without tests ends with 1: none is not all', async () => {
    const { code, stderr } = await inProject(
      { 'routes/home.test.yaml': 'tests: []', 'routes/more/second.test.yaml': 'tests: []' },
      (root) => runTessera(['test'], { cwd: root }),
    )
    expect(code).toBe(1)
    expect(stderr).toContain('there are no tests')
  })

  test('tells what is wrong with a test file, and what is wrong with the configuration', async () => {
    const slip = await inProject(
      { 'routes/home.test.yaml': homeTests.replace('content.banners', 'content.baners') },
      (root) => runTessera(['test'], { cwd: root }),
    )
    expect(slip.code).toBe(1)
    expect(slip.stderr).toContain(' --> routes/home.test.yaml:4:14\n')
    expect(slip.stderr).toContain('did you mean `content.banners`?')
    const broken = await inProject({ 'routes/more/second.yaml': 'match: GET second' }, (root) =>
      runTessera(['test'], { cwd: root }),
    )
    expect(broken.code).toBe(1)
    expect(broken.stderr).toContain(' --> routes/more/second.yaml:1:')
  })

  test('--update writes what is answered, and leaves the rest of the file as it was', async () => {
    const bare = homeTests.replace(/ {4}expect: .*\n$/, '')
    await inProject({ 'routes/home.test.yaml': bare }, async (root) => {
      const before = await runTessera(['test', 'home'], { cwd: root })
      expect([before.code, before.stdout]).toEqual([1, expect.stringContaining('it expects nothing')])
      const { code, stdout, stderr } = await runTessera(['test', 'home', '--update'], { cwd: root })
      expect({ code, stderr }).toEqual({ code: 0, stderr: 'wrote routes/home.test.yaml\n' })
      expect(stdout).toContain('1 test: all pass')
      const written = `${bare}    expect:\n      status: 200\n      body:\n        banners:\n          - b1\n`
      expect(await readFile(join(root, 'routes/home.test.yaml'), 'utf8')).toBe(written)
      const again = await runTessera(['test', '--update'], { cwd: root })
      expect([again.code, again.stderr]).toEqual([0, ''])
    })
  })

  test('--watch runs again when a file changes', async () => {
    await inProject({}, async (root) => {
      const running = startTessera(['test', 'home', '--watch'], { cwd: root })
      try {
        await running.until('1 test: all pass')
        await writeFile(join(root, 'routes/home.test.yaml'), homeTests.replace('status: 200', 'status: 201'))
        await running.until('the status is 200, not 201')
        await writeFile(join(root, 'config/services/content.yaml'), 'service: content\n')
        await running.until('home.test.yaml:5')
      } finally {
        running.child.kill('SIGINT')
      }
      expect((await running.ended).code).toBe(0)
    })
  })

  test('--help shows how, with examples', async () => {
    const { code, stdout } = await runTessera(['test', '--help'])
    expect(code).toBe(0)
    for (const part of [
      '[files|routes...]',
      '--coverage',
      '--update',
      '--format <format>',
      '--watch',
      'Examples',
      'tessera test --coverage',
    ])
      expect(stdout).toContain(part)
  })
})
