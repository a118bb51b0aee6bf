import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'

const root = fileURLToPath(new URL('..', import.meta.url))
const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')

interface Walk {
  readonly title: string
  /** Whole files, and lines that are added to files. */
  readonly pieces: readonly { readonly file: string; readonly kind: 'ts' | 'diff'; readonly text: string }[]
}

/** The sections that walk through an addition: each code block belongs to the file that the line before it names. */
const walks = [...text.matchAll(/^## (Add a .* in ten minutes)\n([\s\S]*?)(?=^## )/gm)].map(([, title, body]): Walk => {
  const blocks = body!.matchAll(/`((?:src|test)\/[^`]*\.ts)`[^\n]*:\n\n```(ts|diff)\n([\s\S]*?)```/g)
  return {
    title: title!,
    pieces: [...blocks].map(([, file, kind, text]) => ({ file: file!, kind: kind as 'ts' | 'diff', text: text! })),
  }
})

/** Takes the lines with a - away and puts those with a + behind the line before them; both have to be there. */
function addLines(old: string, diff: string): string {
  const lines = old.split('\n')
  let at = -1
  for (const line of diff.trimEnd().split('\n')) {
    if (line.startsWith('+')) lines.splice(++at, 0, line.slice(1))
    else {
      at = find(line)
      if (line.startsWith('-')) lines.splice(at--, 1)
    }
  }
  return lines.join('\n')

  function find(line: string): number {
    const found = lines.indexOf(line.slice(1), at + 1)
    if (found < 0) throw new Error(`there is no line ${line}`)
    return found
  }
}

function run(copy: string, args: readonly string[]): Promise<{ failed: boolean; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: copy, maxBuffer: 64 * 1024 * 1024 }, (failed, stdout, stderr) =>
      resolve({ failed: failed !== null, output: stdout + stderr }),
    )
  })
}

let copy: string
let before: Map<string, string>
let after: Map<string, string>

/** What `npm run generate` would write there. */
async function generate(): Promise<Map<string, string>> {
  const script = `
    const { generateFiles } = await import('./scripts/generated.ts')
    console.log(JSON.stringify([...await generateFiles()]))`
  const { failed, output } = await run(copy, [
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '-e',
    script,
  ])
  if (failed) throw new Error(output)
  return new Map(JSON.parse(output))
}

const added = (file: string) => {
  const known = new Set(before.get(file)!.split('\n'))
  return after
    .get(file)!
    .split('\n')
    .filter((line) => !known.has(line))
}

beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), 'tessera-contributing-'))
  const parts = ['src', 'assembly', 'scripts', 'templates', 'config', 'routes', 'examples', 'docs', 'test/support']
  for (const part of [...parts, 'jest.config.js', 'package.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  before = await generate()
  for (const { file, kind, text } of walks.flatMap(({ pieces }) => pieces)) {
    const path = join(copy, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, kind === 'ts' ? text : addLines(readFileSync(path, 'utf8'), text))
  }
  after = await generate()
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

test('CONTRIBUTING walks through a step and a policy, each a file, a line and its tests', () => {
  expect(walks.map(({ title, pieces }) => [title, pieces.map(({ file }) => file)])).toEqual([
    ['Add a step kind in ten minutes', ['src/steps/require.ts', 'src/steps/index.ts', 'test/steps/require.test.ts']],
    [
      'Add a policy in ten minutes',
      [
        'src/operations/policies/slowdown/slowdown.ts',
        'src/operations/policies/index.ts',
        'test/operations/policies/slowdown.test.ts',
      ],
    ],
  ])
})

test('what is written there passes its own tests', async () => {
  const tests = walks.flatMap(({ pieces }) => pieces.map(({ file }) => file).filter((file) => /\.test\.ts$/.test(file)))
  const { failed, output } = await run(copy, ['node_modules/jest/bin/jest.js', '-i', '--watchman=false', ...tests])
  expect(failed ? output : '').toBe('')
})

test('from the one line follow the schemas and the reference', () => {
  for (const name of ['service', 'route']) {
    expect(added(`schemas/${name}.schema.json`).join('\n')).toContain('"slowdown": {')
  }
  expect(added('schemas/route.schema.json').join('\n')).toContain('"step-require": {')
  expect(added('docs/reference/steps.md')).toContain('## require')
  expect(added('docs/reference/policies.md')).toEqual(
    expect.arrayContaining([
      '## slowdown',
      'Holds a share of the calls up, for drills. `false`: not here.',
      '| `by` | duration | **required** | How long they are held up. |',
    ]),
  )
  expect(added('docs/reference/metrics.md')).toEqual([
    '| `tessera_slowdown_total` | counter | `service`, `operation`, `result` | Calls held up. |',
  ])
})
