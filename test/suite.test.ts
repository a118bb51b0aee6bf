import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

const folder = fileURLToPath(new URL('.', import.meta.url))
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(?:[cm]?js|ts)$/.test(entry.name))
  .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length))

test('helpers of tests have one home', () => {
  expect(files.filter((file) => !file.startsWith('support/') && !file.endsWith('.test.ts'))).toEqual([])
})

/** Why it may have them. */
const exceptions: Readonly<Record<string, string>> = {
  'e2e/fresh-machine.test.ts': 'it installs all packages from the network',
}

test('no test has another try, nor a time limit of its own, which a slow machine would hit', () => {
  const withLimit = files.filter((file) => {
    const text = readFileSync(join(folder, file), 'utf8')
    return /\bretry(?:Times)\(|\bsetTimeout\([\d_]+\)|^ *\}, \d[\d_]{3,}\)$|^ *\},?\n *\d[\d_]{3,},\n *\)$/m.test(text)
  })
  expect(withLimit).toEqual(Object.keys(exceptions))
})
