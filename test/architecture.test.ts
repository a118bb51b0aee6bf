import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { findCircles, findImportCircles } from './support/import-circles.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Room → floor, as the table in ARCHITECTURE.md has it: `| 5 | `config/`, `routes/` | … |`. */
const floors = Object.fromEntries(
  [...readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').matchAll(/^\| (\d+) \| (.*?) \|/gm)].flatMap(
    ([, floor, names]) => [...names!.matchAll(/`(\w+)\/`/g)].map(([, room]) => [room!, Number(floor)] as const),
  ),
)
const rooms = Object.keys(floors)

/** ARCHITECTURE.md, "Invariants": who may import a library. */
const owners: Record<string, string> = {
  'json-p3': 'src/expressions/path/',
  'jsonpath-plus': 'src/expressions/path/',
  'ajv/dist/2020.js': 'src/expressions/schema/',
  yaml: 'src/yaml/',
  saxes: 'src/formats/',
  protobufjs: 'src/operations/grpc/',
  '@opentelemetry/api': 'src/telemetry/',
  '@opentelemetry/sdk-node': 'src/telemetry/',
  'prom-client': 'src/telemetry/',
  pino: 'src/telemetry/',
  opossum: 'src/stores/',
  'lru-cache': 'src/stores/',
  undici: 'src/transports/',
  express: 'src/server/',
  'find-my-way': 'src/server/',
  chokidar: 'src/server/',
  commander: 'src/cli/',
  '@dbos-inc/dbos-sdk': 'src/durable/',
  croner: 'src/triggers/',
  pg: 'src/durable/store/',
  jose: 'src/identity/',
  graphql: 'src/operations/graphql/',
  'vscode-languageserver/node': 'src/editor/',
  'vscode-languageserver-textdocument': 'src/editor/',
}
const libraries = Object.keys(owners)

interface Finding {
  readonly rule: string
  readonly file: string
  readonly line: number
}

interface BiomeReport {
  readonly diagnostics: readonly { category: string; location: { path: string; start: { line: number } } }[]
}

/** What Biome says of the imports in these folders of a project. */
function lint(project: string, ...folders: string[]): Promise<Finding[]> {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const args = [biome, 'lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json', ...folders]
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: project, maxBuffer: 64 * 1024 * 1024 }, (_failed, stdout) => {
      const { diagnostics } = JSON.parse(stdout) as BiomeReport
      const findings = diagnostics.map(({ category, location }) => ({
        rule: category,
        file: location.path,
        line: location.start.line,
      }))
      resolve(findings.filter(({ rule }) => /noRestrictedImports|noImportCycles|plugin/.test(rule)))
    })
  })
}

describe('the linter refuses', () => {
  let project: string
  let findings: Finding[]
  const linesOf = (file: string) =>
    findings
      .filter((finding) => finding.file === file)
      .map(({ line }) => line)
      .sort((a, b) => a - b)
  const write = (file: string, lines: readonly string[]) => {
    mkdirSync(dirname(join(project, file)), { recursive: true })
    writeFileSync(join(project, file), `${lines.join('\n')}\n`)
  }
  const roomProbe = (up: string) => rooms.map((room, index) => `export { a${index} } from '${up}/${room}/any.ts'`)
  const libraryProbe = libraries.map((name, index) => `export { a${index} } from '${name}'`)

  beforeAll(async () => {
    project = mkdtempSync(join(tmpdir(), 'tessera-floors-'))
    for (const name of ['biome.json', 'lint']) cpSync(join(root, name), join(project, name), { recursive: true })
    for (const room of rooms) {
      write(`src/${room}/probe.ts`, roomProbe('..'))
      write(`src/${room}/inner/probe.ts`, roomProbe('../..'))
      write(`src/${room}/libraries.ts`, libraryProbe)
    }
    for (const file of ['errors.ts', 'clock.ts', 'cancellation.ts', 'faults.ts', 'work.ts'])
      write(`src/${file}`, roomProbe('.'))
    for (const owner of new Set(Object.values(owners))) {
      write(owner.endsWith('.ts') ? owner : `${owner}owned/libraries.ts`, libraryProbe)
    }
    write('src/expressions/forms.ts', [
      "import type { Gateway } from '../server/gateway.ts'",
      "export const load = () => import('../server/gateway.ts')",
      "import type { Agent } from 'undici'",
      "export const connect = () => import('undici')",
      "export const link = () => createRequire(import.meta.url)('undici')",
      "export const join = () => require('undici')",
      'export type Both = [Gateway, Agent]',
    ])
    write('src/plan/tick.ts', ["import { tock } from './tock.ts'", 'export const tick = () => tock'])
    write('src/plan/tock.ts', ["import { tick } from './tick.ts'", 'export const tock = () => tick'])
    write('demo/probe.ts', ["export { a } from '../src/errors.ts'"])
    findings = await lint(project, 'src', 'demo')
  })
  afterAll(() => rmSync(project, { recursive: true, force: true }))

  test.each(rooms)('what %s imports from its own floor and those above', (room) => {
    const refused = rooms.flatMap((other, index) => (floors[other]! >= floors[room]! ? [index + 1] : []))
    expect(linesOf(`src/${room}/probe.ts`)).toEqual(refused)
    expect(linesOf(`src/${room}/inner/probe.ts`)).toEqual(refused)
  })

  test.each(['errors.ts', 'clock.ts', 'cancellation.ts', 'faults.ts', 'work.ts'])(
    'everything that the ground file %s imports',
    (file) => {
      expect(linesOf(`src/${file}`)).toEqual(rooms.map((_room, index) => index + 1))
    },
  )

  test('a library outside of the place that owns it', () => {
    const probes = new Set(findings.map(({ file }) => file).filter((file) => /libraries\.ts$|breaker\.ts$/.test(file)))
    expect(probes.size).toBeGreaterThanOrEqual(rooms.length)
    for (const file of probes) {
      const refused = libraries.flatMap((name, index) => (file.startsWith(owners[name]!) ? [] : [index + 1]))
      expect({ file, lines: linesOf(file) }).toEqual({ file, lines: refused })
    }
  })

  test('type imports and dynamic imports too', () => {
    expect(linesOf('src/expressions/forms.ts')).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('two files that import each other', () => {
    const cycles = findings.filter(({ rule }) => rule.endsWith('noImportCycles')).map(({ file }) => file)
    expect(cycles.sort()).toEqual(['src/plan/tick.ts', 'src/plan/tock.ts'])
  })

  test('a demo that knows Tessera', () => {
    expect(linesOf('demo/probe.ts')).toEqual([1])
  })
})

test('every room of src stands on a floor of ARCHITECTURE.md, and every room there is in src', () => {
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(folders.map(({ name }) => name).sort()).toEqual(rooms.toSorted())
})

describe('no files import each other in a circle', () => {
  test('of which the linter sees those that are of values alone', () => {
    const edges = new Map([
      ['a', ['b', 'outside']],
      ['b', ['c']],
      ['c', ['a']],
      ['d', ['a', 'd']],
    ])
    expect(findCircles(edges).map((circle) => circle.sort())).toEqual([['a', 'b', 'c']])
  })

  test('of src, types included', () => {
    expect(findImportCircles(join(root, 'src'))).toEqual([])
  })
})
