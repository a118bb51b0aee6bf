import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { readConfig } from '../../src/config/read.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { Editor, Server } from '../support/editor/editor.ts'
import { createShop, shopFiles } from '../support/editor/project.ts'
import { createProject } from '../support/tessera.ts'

let server: Server
beforeAll(async () => {
  server = await new Server().start()
})
afterAll(async () => {
  expect(await server.stop()).toBe(0)
})

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

async function edit(changes: Record<string, string> = {}): Promise<Editor> {
  return editIn(await createShop(changes))
}

function editIn(project: { root: string; remove(): Promise<void> }, at = server): Editor {
  cleanups.push(() => project.remove())
  return new Editor(project.root, at)
}

/** What `check` says of a file, in the terms of the protocol. */
async function checked(root: string, file: string) {
  const { texts } = await readConfig({ config: 'config/gateway.yaml', base: root, env: process.env })
  const found = buildSnapshot(texts).diagnostics.filter(({ at }) => at.file === file)
  return found.map(({ code, message, help, at }) => ({
    code,
    message: help === undefined ? message : `${message}\n${help}`,
    range: {
      start: { line: at.line - 1, character: at.column - 1 },
      end: { line: at.endLine - 1, character: at.endColumn - 1 },
    },
  }))
}

const told = (diagnostics: readonly object[]) =>
  diagnostics.map((one) => {
    const { code, message, range } = one as Record<string, unknown>
    return { code, message, range }
  })

const slips = {
  'a name nobody knows': shopFiles['routes/home.yaml'].replace('reco.recommend', 'reco.recomend'),
  'several faults at once': shopFiles['routes/home.yaml']
    .replace('$.shelf.items', '$.shelf.item')
    .replace('has(user.id)', 'has(user.ident)')
    .replace('optional: true', 'optionl: true'),
  'no YAML': shopFiles['routes/home.yaml'].replace('in:', 'in: ['),
  'line ends of Windows': shopFiles['routes/home.yaml'].replace('$.note', '$.notes').replaceAll('\n', '\r\n'),
  'Chinese and emoji before the fault': shopFiles['routes/home.yaml'].replace(
    'note: $.note',
    '首页🏠: { a: "你好 👋 ${ user.ident }" }',
  ),
  'a silence of nothing': `# tessera-ignore unused-output: why not\n${shopFiles['routes/home.yaml']}`,
}

describe('diagnostics', () => {
  test.each(Object.entries(slips))('are those of check, at the same places: %s', async (_, text) => {
    const editor = await edit({ 'routes/home.yaml': text })
    await editor.open('routes/home.yaml')
    const wanted = await checked(editor.root, 'routes/home.yaml')
    expect(wanted).not.toEqual([])
    expect(told(await editor.diagnosticsOf('routes/home.yaml'))).toEqual(wanted)
  })

  test('come as one types, over what is on disk, and go when the slip is mended', async () => {
    const editor = await edit()
    const good = shopFiles['routes/home.yaml']
    await editor.open('routes/home.yaml', good.replace('reco.recommend', 'reco.r'))
    expect((await editor.diagnosticsOf('routes/home.yaml')).map(({ code }) => code)).toEqual(['unknown-operation'])
    await editor.write('routes/home.yaml', good)
    expect(await editor.diagnosticsOf('routes/home.yaml')).toEqual([])
  })

  test('are of the whole project: a color that goes from the dictionary is missed in a route that is not open', async () => {
    const editor = await edit()
    const dictionary = shopFiles['config/dictionary.yaml']
    await editor.open('config/dictionary.yaml')
    expect(await editor.diagnosticsOf('config/dictionary.yaml')).toEqual([])
    await editor.write('config/dictionary.yaml', dictionary.replace(/ {2}note:.*\n/, ''))
    await editor.diagnosticsUntil('routes/home.yaml', (found) => found.some(({ code }) => code === 'unknown-color'))
    await editor.write('config/dictionary.yaml', dictionary)
    await editor.diagnosticsUntil('routes/home.yaml', (found) => found.length === 0)
  })

  test('of a route that is not on disk yet are told too', async () => {
    const editor = await edit()
    await editor.open('routes/new.yaml', 'match: GET /new\ndo: [{ invoke: reco.nothing }]\n')
    expect((await editor.diagnosticsOf('routes/new.yaml')).map(({ code }) => code)).toContain('unknown-operation')
  })

  test('of a service in a folder of services, and none of a file that is not read', async () => {
    const editor = await edit()
    await editor.open('config/services/more/stock.yaml', 'service: stock\nendpoints: [http://127.0.0.1:9]\nop: {}\n')
    expect((await editor.diagnosticsOf('config/services/more/stock.yaml')).map(({ code }) => code)).toContain(
      'unknown-key',
    )
    await editor.open('routes/.draft.yaml', 'match: nonsense\n')
    expect(await editor.symbols('routes/.draft.yaml')).toEqual([])
  })

  test('look for a file of secrets as soon as it is named, in the directory that the server was started with', async () => {
    const shop = await createShop({ 'secrets/token': 'abc' })
    const own = await new Server(['--secrets', join(shop.root, 'secrets')]).start()
    cleanups.push(() => own.stop())
    const editor = editIn(shop, own)
    const file = 'config/services/users.yaml'
    const withHeader = (value: string) => `${shopFiles[file]}    headers: { authorization: "${value}" }\n`
    await editor.open(file, withHeader('${file:token}'))
    expect(await editor.diagnosticsOf(file)).toEqual([])
    await editor.write(file, withHeader('${file:tok}'))
    expect((await editor.diagnosticsOf(file)).map(({ message }) => message)).toEqual([expect.stringContaining('tok')])
    await editor.write(file, withHeader('${file:token} '))
    expect(await editor.diagnosticsOf(file)).toEqual([])
  })

  test('go by what is on disk once a file is closed', async () => {
    const editor = await edit()
    await editor.open('routes/home.yaml', 'match: nonsense\ndo: []\n')
    expect(await editor.diagnosticsOf('routes/home.yaml')).not.toEqual([])
    await editor.close('routes/home.yaml')
    await editor.diagnosticsUntil('routes/home.yaml', (found) => found.length === 0)
  })

  test('follow a file that another program writes or removes', async () => {
    const editor = await edit()
    await editor.open('routes/home.yaml')
    expect(await editor.diagnosticsOf('routes/home.yaml')).toEqual([])
    const dictionary = join(editor.root, 'config/dictionary.yaml')
    await writeFile(dictionary, shopFiles['config/dictionary.yaml'].replace('  note:', '  notes:'))
    await editor.changedOnDisk('config/dictionary.yaml')
    await editor.diagnosticsUntil('routes/home.yaml', (found) => found.some(({ code }) => code === 'unknown-color'))
    await rm(join(editor.root, 'config/services/users.yaml'))
    await editor.changedOnDisk('config/services/users.yaml')
    await editor.diagnosticsUntil('routes/home.yaml', (found) => found.some(({ code }) => code === 'unknown-service'))
  })

  test('are of each project apart where a folder has several', async () => {
    const files = Object.entries(shopFiles).flatMap(([name, text]) => [
      [`a/${name}`, text],
      [`b/${name}`, text.replace('/home/', '/start/')],
    ])
    const editor = editIn(await createProject(Object.fromEntries(files)))
    await editor.open('a/routes/home.yaml')
    await editor.open('b/routes/home.yaml', shopFiles['routes/home.yaml'].replace('path.city', 'path.town'))
    expect(await editor.diagnosticsOf('a/routes/home.yaml')).toEqual([])
    expect((await editor.diagnosticsOf('b/routes/home.yaml')).map(({ code }) => code)).toEqual([
      'unknown-path-parameter',
    ])
  })

  test('there are none of a file that no gateway knows, and the server stays', async () => {
    const editor = editIn(await createProject({ 'notes.yaml': 'a: [', 'x/compose.yaml': 'services: {}\n' }))
    await editor.open('notes.yaml')
    await editor.open('x/compose.yaml')
    expect(await editor.hover('x/compose.yaml', { line: 0, character: 1 })).toBeUndefined()
    expect(await editor.symbols('notes.yaml')).toEqual([])
    expect(editor.published('notes.yaml')).toBeUndefined()
  })

  test('a module of the project that prints breaks no answer', async () => {
    const gateway = `${shopFiles['config/gateway.yaml']}extensions: [./ext]\n`
    const module = 'console.log("hello")\nprocess.stdout.write("{}\\n")\nconsole.table([1])\n'
    const editor = await edit({ 'config/gateway.yaml': gateway, 'config/ext/a.js': module })
    await editor.open('routes/home.yaml')
    await editor.diagnosticsUntil('config/ext/a.js', (found) => found.length > 0)
    expect(await editor.hover('routes/home.yaml', { line: 0, character: 1 })).toBeDefined()
  })

  test('with --no-extensions no module of the project runs', async () => {
    const gateway = `${shopFiles['config/gateway.yaml']}extensions: [./ext]\n`
    const bare = await new Server(['--no-extensions']).start()
    cleanups.push(() => bare.stop())
    const module = 'throw new Error("ran")\nexport default 1\n'
    const editor = editIn(await createShop({ 'config/gateway.yaml': gateway, 'config/ext/a.js': module }), bare)
    await editor.open('routes/home.yaml')
    expect(await editor.diagnosticsOf('routes/home.yaml')).toEqual([])
    expect(editor.published('config/ext/a.js')).toBeUndefined()
  })
})
