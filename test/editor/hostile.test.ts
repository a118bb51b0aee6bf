import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Editor, positionAt, Server } from '../support/editor/editor.ts'
import { projectRoot } from '../support/tessera.ts'

let root: string
let server: Server
let editor: Editor
const files = [
  'routes/home.yaml',
  'routes/checkout.yaml',
  'config/dictionary.yaml',
  'config/services/reco.yaml',
  'config/gateway.yaml',
  'routes/home.test.yaml',
]
const texts = new Map<string, string>()

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tessera-editor-'))
  for (const part of ['config', 'routes']) await cp(join(projectRoot, part), join(root, part), { recursive: true })
  server = await new Server().start()
  editor = new Editor(root, server)
  for (const file of files) {
    texts.set(file, await readFile(join(root, file), 'utf8'))
    await editor.open(file)
  }
})
afterAll(async () => {
  expect(await server.stop()).toBe(0)
  await rm(root, { recursive: true })
})

const pieces = [
  ...[
    '\n',
    '\r\n',
    '\r',
    '\t',
    ': ',
    '- ',
    '|',
    '>',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '&a ',
    '*a',
    '<<: ',
    '#',
    '---\n',
    '!!x ',
  ],
  ...[
    '$',
    '${ ',
    ' }',
    '$.',
    '..',
    "['",
    '@',
    'has(',
    'invoke: ',
    'steps.',
    '🏠',
    '首页',
    '\ud83d',
    '\u0000',
    '__proto__: ',
  ],
  ...['do:\n', '- do:\n  ', 'a: &a [*a]\n', '? '],
]

/** Some text somewhere in place of some other. */
const slip = fc.record({
  file: fc.constantFrom(...files),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.oneof(fc.nat(8), fc.nat(400)),
  put: fc.array(fc.constantFrom(...pieces), { maxLength: 4 }).map((parts) => parts.join('')),
})

describe('whatever is written', () => {
  test('every question is answered, and the process stays', async () => {
    const { pid } = server
    const slips = fc.sample(slip, { numRuns: 80, seed: 20261130 })
    for (const [index, { file, at, cut, put }] of slips.entries()) {
      const whole = texts.get(file)!
      const offset = Math.floor(at * whole.length)
      const text = whole.slice(0, offset) + put + whole.slice(offset + cut)
      await editor.write(file, text)
      const position = positionAt(text, Math.min(offset + put.length, text.length))
      await Promise.all([
        editor.ask('textDocument/completion', file, position),
        editor.ask('textDocument/hover', file, position),
        editor.ask('textDocument/definition', file, position),
        editor.ask('textDocument/prepareRename', file, position),
        editor.symbols(file),
      ])
      const isTenth = index % 10 === 9
      if (isTenth)
        await editor.ask('textDocument/references', file, position, { context: { includeDeclaration: true } })
      // Slips gather up for a while.
      if (isTenth) for (const [one, whole] of texts) await editor.write(one, whole)
    }
    for (const [one, whole] of texts) await editor.write(one, whole)
    for (const file of files) await editor.diagnosticsUntil(file, (found) => found.length === 0)
    expect(server.failures).toEqual([])
    expect(server.pid).toBe(pid)
  })

  test('positions outside of the text are answered', async () => {
    const far = [
      { line: 99_999, character: 0 },
      { line: 0, character: 99_999 },
    ]
    for (const position of far) {
      expect(await editor.hover('routes/home.yaml', position)).toBeUndefined()
      await editor.ask('textDocument/completion', 'routes/home.yaml', position)
    }
  })

  test('so are questions about files that are not open, nor files at all', async () => {
    const position = { line: 0, character: 0 }
    const ask = (uri: string) =>
      editor.connection.sendRequest('textDocument/hover', { textDocument: { uri }, position })
    expect(await ask(editor.uri('routes/nothing.yaml'))).toBeNull()
    expect(await ask('untitled:Untitled-1')).toBeNull()
    expect(await ask('git:/x/routes/home.yaml?ref=HEAD')).toBeNull()
    expect(await ask('file://host/%zz')).toBeNull()
  })

  test('a text of brackets and one of a megabyte hold nobody up for long', async () => {
    const file = 'routes/home.yaml'
    await editor.write(file, '['.repeat(100_000))
    expect((await editor.diagnosticsOf(file)).length).toBeGreaterThan(0)
    await editor.write(file, `a: ${'x'.repeat(1_100_000)}`)
    expect((await editor.diagnosticsOf(file)).map(({ code }) => code)).toEqual(['file-too-large'])
    expect(await editor.hover(file, { line: 0, character: 1 })).toBeUndefined()
    await editor.write(file, texts.get(file)!)
    expect(await editor.diagnosticsOf(file)).toEqual([])
  })
})
