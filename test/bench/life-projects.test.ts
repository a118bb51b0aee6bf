import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test } from '@jest/globals'
import { findObstacle } from '../../bench/harness/requirements.ts'
import { markedServices, marks, readAt, readMarks, splitAtMark } from '../../bench/life/marks.ts'
import { createVersionedProject, readVersions, type VersionedProject } from '../../bench/life/versions.ts'
import { describeBackends, describePage } from '../../bench/scenarios/home/data.ts'
import { readConfig } from '../../src/config/read.ts'
import { buildSnapshot } from '../../src/plan/build.ts'

describe('a mark', () => {
  const bodies = describeBackends()

  test.each(markedServices)('of %s can be put in its body', (service) => {
    const [body] = Object.values(bodies[service]!)
    const [before, after] = splitAtMark(body, marks[service].inBody)
    const marked = JSON.parse(`${before}         42${after}`)
    expect(readAt(marked, marks[service].inBody)).toBe(42)
    expect(Object.keys(marked)).toEqual(Object.keys(body as object))
  })

  test('is found in the page where the backends wrote it', () => {
    const written = markedServices.map((service) => {
      const [body] = Object.values(bodies[service]!)
      return readAt(body, marks[service].inBody)
    })
    expect(readMarks(describePage())).toEqual(written)
  })

  test('is missed in a page that lacks a part', () => {
    expect(() => readMarks({ ...(describePage() as object), brands: [] })).toThrow('lacks what brands gives')
  })

  test('needs a number in its place', () => {
    expect(() => splitAtMark({ items: [] }, marks.reco.inBody)).toThrow('no number stands at items.0.rating.count')
  })
})

describe('the versions of a project', () => {
  let project: VersionedProject
  afterEach(() => {
    project.remove()
    expect(existsSync(project.config)).toBe(false)
  })

  const load = async () => {
    const { texts } = await readConfig({ config: project.config, env: {} })
    return buildSnapshot(texts)
  }

  test('are different and free of errors', async () => {
    project = createVersionedProject()
    project.write(1)
    const first = await load()
    project.write(2)
    const second = await load()
    expect([...first.diagnostics, ...second.diagnostics]).toEqual([])
    expect(second.snapshot!.version).not.toBe(first.snapshot!.version)
  })

  test.each(['routes/home.yaml', 'dictionary.yaml', ...markedServices.map((name) => `services/${name}.yaml`)])(
    'have errors when %s is of another one',
    async (file) => {
      project = createVersionedProject()
      project.write(1)
      const path = join(dirname(project.config), file)
      const old = readFileSync(path, 'utf8')
      project.write(2)
      writeFileSync(path, old)
      expect((await load()).snapshot).toBeUndefined()
    },
  )

  test('are read off an answer', () => {
    project = createVersionedProject()
    expect(readVersions({ versions: { route: 3, users: 3, brands: 2 } })).toEqual([3, 3, 2])
    expect(readVersions({})).toEqual([])
  })
})

const obstacle = findObstacle()
if (obstacle !== undefined) console.warn(`bench:life is not tested on this machine: ${obstacle}`)
const onBenchMachines = obstacle === undefined ? test : test.skip

onBenchMachines('bench:life starts the gateway cold and ends with its findings', async () => {
  const main = fileURLToPath(new URL('../../bench/life/main.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'cold-start', '--starts', '1', '--json'])
  expect(stdout).toContain('| cold-start | the checkout: median of 1 | ≤ 500 ms |')
  const findings = JSON.parse(stdout.trimEnd().split('\n').at(-1)!)
  expect(findings.map(({ seen }: { seen: string }) => seen)).toEqual(Array(4).fill(expect.stringMatching(/^\d.* ms$/)))
})
