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

/** Why it may look at one. */
const timed: Readonly<Record<string, string>> = {
  'admission/rates.test.ts': 'a wait that is told, not taken',
  'bench/processor.test.ts': 'what keeps a processor busy, until it has been',
  'e2e/fresh-machine.test.ts': 'the start that is promised, of several tries; it runs only when asked for',
  'linear.test.ts': 'how it grows with the text, each time beside the same work in parts',
  'operations/policies/response-times.test.ts': 'an estimate from times that are made up',
  'server/grpc.test.ts': 'what is left until a deadline: the slower, the less',
  'server/overload/overload.test.ts': 'time of a loop that is pretended',
  'server/sharing.test.ts': 'what is left of a budget: the slower, the less',
  'server/slices.test.ts': 'time of a loop that is pretended',
}

test('no test fails because time has passed, or work was done, on a slow machine', () => {
  const clock = /\bexpect\(.*(?:performance\.now|Date\.now|hrtime|\btimes\b|[a-z]Ms\b|\bms\b|[eE]lapsed).*\)\.toBeLess/
  const looking = files.filter((file) => {
    const text = readFileSync(join(folder, file), 'utf8')
    return file.endsWith('.test.ts') && (clock.test(text) || /[cC]puUsage\(/.test(text))
  })
  expect(looking.sort()).toEqual(Object.keys(timed))
})
