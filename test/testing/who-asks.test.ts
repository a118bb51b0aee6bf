import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { runTessera } from '../support/tessera.ts'

const cwd = fileURLToPath(new URL('../../examples/auth-jwt', import.meta.url))

test('a test says who its request is of, and every gate of the route holds', async () => {
  const { code, stdout } = await runTessera(['test'], { cwd })
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('4 tests: all pass') })
})

test('explain tells who may ask', async () => {
  const { stdout } = await runTessera(['explain', 'cancel'], { cwd })
  expect(stdout).toContain(
    'who asks: user (jwt: tokens of https://id.example.com/ for shop, by http://127.0.0.1:9001/keys)',
  )
  expect(stdout).toContain("where has(claims.plan) && claims.plan != 'guest'")
})
