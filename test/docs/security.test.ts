import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'

const root = new URL('../../', import.meta.url)
const page = readFileSync(new URL('docs/security.md', root), 'utf8')

test('every promise of the threat model names a test that exists', () => {
  const promises = page.split('\n').filter((line) => line.startsWith('| ') && !line.endsWith('| shown by |'))
  expect(promises.length).toBeGreaterThan(25)
  for (const promise of promises) {
    const shown = [...promise.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path!)
    expect([promise, shown.length > 0]).toEqual([promise, true])
    for (const path of shown) expect([path, existsSync(new URL(path, root))]).toEqual([path, true])
  }
})

test('the bill of materials lists what is shipped, each package with its hash, and no tool of ours', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/sbom.ts'], { cwd: fileURLToPath(root) })
  const {
    bomFormat,
    components,
    dependencies: edges,
  } = JSON.parse(stdout) as {
    bomFormat: string
    components: { name: string; purl: string; hashes: unknown[] }[]
    dependencies: { ref: string; dependsOn: string[] }[]
  }
  expect(bomFormat).toBe('CycloneDX')
  const { dependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    dependencies: Record<string, string>
  }
  const names = components.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies)))
  expect(names).not.toContain('jest')
  expect(components.filter(({ hashes }) => hashes.length === 0).map(({ name }) => name)).toEqual([])
  // Whatever depends on something depends on something that is listed.
  const purls = new Set(components.map(({ purl }) => purl))
  expect(edges.flatMap(({ dependsOn }) => dependsOn).filter((purl) => !purls.has(purl))).toEqual([])
})
