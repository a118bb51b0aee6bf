import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { digestOf } from '../../src/identity/schemes/api-key/keys-file.ts'
import { createDirectory } from '../support/cleanup.ts'
import { runTessera } from '../support/tessera.ts'

function openFile() {
  const file = join(createDirectory(), 'keys.yaml')
  const run = (...args: string[]) => runTessera(['key', ...args, '--file', file])
  return { file, run, text: () => readFileSync(file, 'utf8') }
}

test('a key is given out once, listed without itself, and revoked', async () => {
  const { run, text } = openFile()
  const made = await run('new', '--name', 'acme', '--scope', 'read', '--claim', 'plan=gold', '--expires', '2030-01-31')
  const key = made.stdout.trim()
  expect(key).toMatch(/^tsr_[0-9a-f]{8}_[A-Za-z0-9_-]{32}$/)
  expect(text()).toContain(digestOf(key))
  expect(text()).not.toContain(key)
  const id = key.split('_')[1]!
  expect((await run('new', '--name', 'other')).code).toBe(0)
  expect((await run('list')).stdout.split('\n')[0]).toBe(`${id}\tacme\tread\t2030-01-31`)
  expect(await run('revoke', id)).toMatchObject({ code: 0 })
  expect(text()).not.toContain(id)
  expect((await run('list')).stdout).toMatch(/^[0-9a-f]{8}\tother\t-\t-\n$/)
  expect(await run('revoke', id)).toMatchObject({ code: 1 })
})

test('what a person wrote beside the keys stays, and a file that cannot be changed safely is not', async () => {
  const { file, run, text } = openFile()
  const entry = (id: string) => `  - id: ${id}\n    name: acme\n    digest: sha256:${'0'.repeat(64)}\n`
  writeFileSync(file, `# ours\nkeys:\n  # the first\n${entry('aaaa')}  # the second\n${entry('bbbb')}`)
  expect((await run('revoke', 'bbbb')).code).toBe(0)
  expect(text()).toBe(`# ours\nkeys:\n  # the first\n${entry('aaaa')}  # the second\n`)
  const inOneLine = `keys: [{ id: aaaa, name: acme, digest: 'sha256:${'0'.repeat(64)}' }]\n`
  writeFileSync(file, inOneLine)
  expect(await run('new', '--name', 'other')).toMatchObject({ code: 1 })
  expect(text()).toBe(inOneLine)
})

test('a key is somebody’s', async () => {
  const { run } = openFile()
  expect(await run('new')).toMatchObject({ code: 2, stdout: '' })
})
