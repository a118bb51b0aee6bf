import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { CompletionItem, TextEdit } from 'vscode-languageserver'
import { applyEdits, Editor, Server } from '../support/editor/editor.ts'
import { createShop, type Shop, shopFiles } from '../support/editor/project.ts'

let shop: Shop
let server: Server
let editor: Editor
beforeAll(async () => {
  shop = await createShop()
  server = await new Server().start()
  editor = new Editor(shop.root, server)
})
afterAll(async () => {
  await server.stop()
  await shop.remove()
})

const route = shopFiles['routes/home.yaml']
const labels = (items: readonly CompletionItem[]) => items.map(({ label }) => label)

/** The text once an item is taken. */
async function take(file: string, marked: string, label: string): Promise<string> {
  const items = await editor.complete(file, marked)
  const found = items.find((one) => one.label === label)
  if (!found) throw new Error(`${label} is not among ${labels(items).join(', ')}`)
  return applyEdits(editor.textOf(file), [found.textEdit as TextEdit])
}

describe('completion of operations', () => {
  test('gives every operation of every service, with its method and path', async () => {
    const items = await editor.complete('routes/home.yaml', route.replace('reco.recommend', 're|'))
    expect(labels(items)).toEqual(expect.arrayContaining(['reco.recommend', 'reco.bestsellers', 'users.profile']))
    expect(items.find(({ label }) => label === 'reco.recommend')?.detail).toBe('GET /recommend/{geo.city}')
  })

  test.each([
    ['in a line', '    invoke: reco.re|\n', '    invoke: reco.recommend\n'],
    ['in braces', '    parallel: [{ invoke: us| }]\n', '    parallel: [{ invoke: users.profile }]\n'],
    ['in quotes', "    invoke: 'reco.|'\n", "    invoke: 'reco.recommend'\n"],
    ['in the middle of a word', '    invoke: reco.|xyz\n', '    invoke: reco.recommend\n'],
  ])('%s it replaces the word', async (_, line, wanted) => {
    const [before, after] = [`match: GET /x\ndo:\n  - id: a\n`, 'response: { body: 1 }\n']
    const label = wanted.includes('users') ? 'users.profile' : 'reco.recommend'
    expect(await take('routes/home.yaml', before + line + after, label)).toBe(before + wanted + after)
  })
})

describe('completion of keys', () => {
  test('of a step that is nothing yet gives the kinds of steps, not the keys of one of them', async () => {
    const items = labels(await editor.complete('routes/home.yaml', 'match: GET /x\ndo:\n  - |\n'))
    expect(items).toEqual(expect.arrayContaining(['invoke', 'parallel', 'branch', 'forEach', 'when', 'id', 'empty']))
    expect(items).not.toContain('optional')
  })

  test('of an invoke gives what an invoke may still have', async () => {
    const items = labels(await editor.complete('routes/home.yaml', route.replace('    optional: true\n', '    |\n')))
    expect(items).toEqual(expect.arrayContaining(['optional', 'retry', 'timeout', 'with', 'id']))
    expect(items).not.toContain('invoke')
    expect(items).not.toContain('branch')
  })

  test('writes the colon that is missing, and leaves the one that is there', async () => {
    const text = 'match: GET /x\ntim|\nresponse: { body: 1 }\n'
    expect(await take('routes/home.yaml', text, 'timeout')).toBe('match: GET /x\ntimeout: \nresponse: { body: 1 }\n')
    const there = 'match: GET /x\ntim|: 3s\n'
    expect(await take('routes/home.yaml', there, 'timeout')).toBe('match: GET /x\ntimeout: 3s\n')
  })

  test('of an empty list gives its elements', async () => {
    const text = 'match: GET /x\ndo:\n  |\nresponse: { body: 1 }\n'
    expect(await take('routes/home.yaml', text, 'invoke')).toContain('do:\n  - invoke: \n')
  })

  test('tells what a key is for, in the words of the schema', async () => {
    const items = await editor.complete('routes/home.yaml', 'match: GET /x\n|\n')
    const timeout = items.find(({ label }) => label === 'timeout')
    expect(timeout?.documentation).toMatchObject({ value: expect.stringContaining('Budget of the whole request.') })
  })

  test('gives colors where keys are colors', async () => {
    expect(labels(await editor.complete('routes/home.yaml', 'match: GET /x\nin:\n  us|\n'))).toEqual(
      expect.arrayContaining(['user.id', 'user.name', 'geo.city']),
    )
    const text = shopFiles['config/services/users.yaml'].replace('user.name: $.name', 'us|')
    expect(labels(await editor.complete('config/services/users.yaml', text))).toContain('user.name')
  })

  test('gives operators in a template, and the keys that belong to one', async () => {
    const template = (body: string) => `match: GET /x\nresponse:\n  body:\n${body}\n`
    expect(labels(await editor.complete('routes/home.yaml', template('    $e|')))).toContain('$each')
    const items = labels(await editor.complete('routes/home.yaml', template('    $each: $.shelf.items\n    |')))
    expect(items).toContain('$map')
    expect(items).not.toContain('$join')
  })

  test.each(['services', 'dictionary', 'gateway'])('works in the other files: %s', async (kind) => {
    const file = kind === 'services' ? 'config/services/reco.yaml' : (`config/${kind}.yaml` as const)
    const text = `${shopFiles[file as keyof typeof shopFiles]}|\n`
    const wanted = { services: 'retry', dictionary: 'colors', gateway: 'defaults' }[kind]!
    if (kind === 'dictionary') expect(labels(await editor.complete(file, '|\n'))).toContain(wanted)
    else expect(labels(await editor.complete(file, text))).toContain(wanted)
    await editor.write(file, shopFiles[file as keyof typeof shopFiles])
  })

  test('works in the tests of a route', async () => {
    expect(labels(await editor.complete('routes/home.test.yaml', 'mocks:\n  reco.|\ntests: []\n'))).toContain(
      'reco.recommend',
    )
    expect(labels(await editor.complete('routes/home.test.yaml', 'tests:\n  - name: a\n    |\n'))).toContain('expect')
  })
})

describe('completion of values', () => {
  test.each([
    ['a boolean', 'match: GET /x\netag: |\n', ['true', 'false']],
    ['one of a list', 'match: GET /x\npriority: |\n', ['high']],
    ['error codes', 'match: GET /x\ncatch:\n  - errors: [|]\n', ['timeout', 'no-such-city', 'http-5xx']],
    ['a service', 'match: ANY /x/*rest\nproxy: |\n', ['reco', 'users']],
    ['parts of the request', 'match: GET /x/{town}\nin: { geo.city: | }\n', ['path.town', 'query.', '$.']],
    ['error codes of a list in lines', 'match: GET /x\ncatch:\n  - errors:\n      - |\n', ['timeout', 'no-such-city']],
  ])('%s', async (_, text, wanted) => {
    expect(labels(await editor.complete('routes/home.yaml', text))).toEqual(expect.arrayContaining(wanted))
  })

  test('the colors of a path', async () => {
    const text = shopFiles['config/services/reco.yaml'].replace('{geo.city}', '{geo|}')
    expect(await take('config/services/reco.yaml', text, 'geo.city')).toContain('/recommend/{geo.city}\n')
  })
})

test('after use: there are the presets of the gateway', async () => {
  const own = await createShop({
    'config/gateway.yaml': `${shopFiles['config/gateway.yaml']}presets: { slow: { call: { timeout: 5s } } }\n`,
  })
  try {
    const at = new Editor(own.root, server)
    const text = 'match: GET /x\ndo:\n  - invoke: reco.bestsellers\n'
    expect(labels(await at.complete('routes/home.yaml', `${text}    use: |\n`))).toContain('slow')
    expect(labels(await at.complete('routes/home.yaml', `${text}    use: [s|]\n`))).toContain('slow')
    expect(labels(await at.complete('routes/home.yaml', 'match: GET /x\nuse: |\n'))).toContain('slow')
  } finally {
    await own.remove()
  }
})

describe('completion in expressions', () => {
  const body = (text: string) => `match: GET /x\ndo: [{ invoke: reco.bestsellers }]\nresponse: { body: ${text} }\n`

  test.each([
    ['a path', '$.use|', 'user.name', '$.user.name'],
    ['a path of nothing yet', '$.|', 'shelf.items', '$.shelf.items'],
    ['CEL', '"${ user.n| }"', 'user.name', '"${ user.name }"'],
    ['CEL behind text', '"你好 👋 ${ us| } !"', 'user.id', '"你好 👋 ${ user.id } !"'],
    ['a member of a color', '"${ user.name.| }"', 'user.name.zh', '"${ user.name.zh }"'],
    ['a part of the request', '"${ request.h| }"', 'request.headers', '"${ request.headers }"'],
    ['a call of the route', '"${ steps.| }"', 'steps.bestsellers', '"${ steps.bestsellers }"'],
    ['what is known of a call', '$.steps.bestsellers.|', 'steps.bestsellers.status', '$.steps.bestsellers.status'],
    ['a function', '"${ siz| }"', 'size()', '"${ size( }"'],
    ['a method', '"${ user.id.starts| }"', 'startsWith()', '"${ user.id.startsWith( }"'],
    ['a function of a space', '"${ math.gr| }"', 'math.greatest()', '"${ math.greatest( }"'],
    ['a macro of a space', '"${ cel.| }"', 'cel.bind()', '"${ cel.bind( }"'],
    [
      'a method of what a call gives',
      '"${ user.id.trim().lower| }"',
      'lowerAscii()',
      '"${ user.id.trim().lowerAscii( }"',
    ],
  ])('%s', async (_, text, label, wanted) => {
    expect(await take('routes/home.yaml', body(text), label)).toBe(body(wanted))
  })

  test('in a condition, which needs no braces', async () => {
    const text = 'match: GET /x\ndo:\n  - when: has(us|\n    invoke: reco.bestsellers\n'
    expect(labels(await editor.complete('routes/home.yaml', text))).toContain('user.id')
  })

  test('there is none in plain text, nor in a text of CEL', async () => {
    expect(await editor.complete('routes/home.yaml', body('us|'))).toEqual([])
    expect(await editor.complete('routes/home.yaml', body(`"\${ user.id == 'us|' }"`))).toEqual([])
    expect(await editor.complete('routes/home.yaml', body('"${ user.id } us|"'))).toEqual([])
    expect(await editor.complete('routes/home.yaml', body('"${file:us|}"'))).toEqual([])
  })
})

test('what cannot be read now is completed from what was known before', async () => {
  const file = 'config/dictionary.yaml'
  await editor.open(file, shopFiles[file])
  await editor.diagnosticsOf(file)
  await editor.write(file, 'colors: [')
  expect((await editor.diagnosticsOf(file)).map(({ code }) => code)).toEqual(['yaml-syntax'])
  const text = 'match: GET /x\nresponse: { body: $.us| }\n'
  expect(labels(await editor.complete('routes/home.yaml', text))).toContain('user.id')
  await editor.write(file, shopFiles[file])
  expect(await editor.diagnosticsOf(file)).toEqual([])
})
