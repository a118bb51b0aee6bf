import { expect, test } from '@jest/globals'
import { startGateway, writeFiles } from '../support/gateway.ts'
import { request, sendRaw } from '../support/raw.ts'

const says = (text: string) => `match: GET /say\nresponse: { body: { said: ${text} } }\n`
const said = async (port: number) => (await sendRaw(port, request('GET /say HTTP/1.1'))).json()['said']

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n')
const count = 5000

test.each([
  ['keys that nobody knows', { 'routes/say': `${says('two')}${lines(count, (i) => `key${i}: x`)}\n` }],
  ['keys that stand twice', { 'routes/say': `${says('two')}${lines(count, () => 'summary: x')}\n` }],
  [
    'colors that nobody knows',
    { 'routes/say': `match: GET /say\nresponse:\n  body:\n${lines(count, (i) => `    k${i}: $.no${i}.x`)}\n` },
  ],
  ['brackets', { 'routes/say': `match: GET /say\nresponse: ${'['.repeat(500_000)}` }],
  [
    'calls of operations that are not there',
    { 'routes/say': `match: GET /say\ndo:\n${lines(count, (i) => `  - invoke: word.op${i}`)}\n` },
  ],
])('a file of %s is refused, while requests are served by the old one', async (_case, files) => {
  const { gateway, port, directory, lines: logged } = await startGateway({ 'routes/say': says('one') })
  writeFiles(directory, files)
  let isOver = false
  let turns = 0
  const turn = () => {
    turns += 1
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  const reloading = gateway.reload()
  expect(await said(port)).toBe('one')
  const result = await reloading
  isOver = true
  expect(result.ok).toBe(false)
  if (result.diagnostics.length > 1) expect(turns).toBeGreaterThan(5)
  expect(await said(port)).toBe('one')
  // The log would be as long as the file.
  const refusal = logged.find((line) => line.includes('was rejected'))!
  const more = /and (\d,\d{3}) more in /.exec(refusal)?.[1]
  expect(more).toBe(
    result.diagnostics.length > 1 ? (result.diagnostics.length - 100).toLocaleString('en-US') : undefined,
  )
})
