import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { isPassword, parseHash } from '../../src/identity/schemes/basic/password-hash.ts'
import { createDirectory } from '../support/cleanup.ts'
import { runTessera } from '../support/tessera.ts'

function openFile() {
  const file = join(createDirectory(), 'users.yaml')
  const run = (...args: string[]) => runTessera(['user', ...args, '--file', file])
  return { file, run, text: () => readFileSync(file, 'utf8') }
}

const hashIn = (text: string) => parseHash(/"hash":"([^"]+)"/.exec(text)![1]!)

test('a user is made with a password that is shown once, listed without it, and removed', async () => {
  const { run, text } = openFile()
  const made = await run('new', 'anna', '--role', 'editor', '--scope', 'read', '--claim', 'plan=gold')
  const password = made.stdout.trim()
  expect(password).toMatch(/^[A-Za-z0-9_-]{24}$/)
  expect(text()).not.toContain(password)
  expect(await isPassword(password, hashIn(text()))).toBe(true)
  expect((await run('list')).stdout).toBe('anna\teditor\tread\t-\n')
  expect(await run('new', 'anna')).toMatchObject({ code: 1, stdout: '' })
  expect((await run('remove', 'anna')).code).toBe(0)
  expect(text()).toBe('users: []\n')
  expect((await run('remove', 'anna')).code).toBe(1)
})

test('argon2id is there for who wants it', async () => {
  const { run, text } = openFile()
  const { stdout } = await run('new', 'anna', '--hash', 'argon2id')
  expect(text()).toContain('$argon2id$v=19$')
  expect(await isPassword(stdout.trim(), hashIn(text()))).toBe(true)
})

test('without a password on standard input nobody is made', async () => {
  const { file, run } = openFile()
  writeFileSync(file, 'users: []\n')
  expect(await run('new', 'anna', '--password-stdin')).toMatchObject({ code: 2, stdout: '' })
  expect(readFileSync(file, 'utf8')).toBe('users: []\n')
})
