import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { DocumentSymbol } from 'vscode-languageserver'
import { afterTest } from '../support/cleanup.ts'
import { Editor, positionOf, Server } from '../support/editor/editor.ts'
import { createShop, type Shop, shopFiles } from '../support/editor/project.ts'

let shop: Shop
let server: Server
let editor: Editor
beforeAll(async () => {
  shop = await createShop()
  server = await new Server().start()
  editor = new Editor(shop.root, server)
  for (const file of Object.keys(shopFiles)) await editor.open(file)
})
afterAll(async () => {
  await server.stop()
  await shop.remove()
})

const home = 'routes/home.yaml'
const at = (piece: string, into = 1, file: string = home) =>
  positionOf(shopFiles[file as keyof typeof shopFiles], piece, into)

describe('hover', () => {
  test('over a color tells its type, how sensitive it is, who gives it and who takes it', async () => {
    const told = await editor.hover(home, at('$.user.name', 4))
    expect(told).toContain('**user.name** an object, public')
    expect(told).toMatch(/from .*`users.profile` \$\.name/)
    expect(told).toMatch(/to .*response/)
    expect(await editor.hover(home, at('user.id?'))).toContain('pii')
  })

  test.each([
    ['in its declaration', 'config/dictionary.yaml', 'geo.city', 'Where the client is.'],
    ['in a path', 'config/services/reco.yaml', '{geo.city}', '`home` path.city'],
    ['in CEL', home, "user.id : 'nobody'", '**user.id**'],
  ])('over a color %s', async (_, file, piece, wanted) => {
    expect(await editor.hover(file, at(piece, 2, file))).toContain(wanted)
  })

  test('over an operation tells its method and path, what it takes and gives, and its policies', async () => {
    const told = await editor.hover(home, at('reco.recommend', 7))
    expect(told).toContain('`GET /recommend/{geo.city}`')
    expect(told).toContain('takes `user.id?` query.user, `geo.city` path.geo.city')
    expect(told).toContain('gives `shelf.items` $.items')
    expect(told).toContain('404 `no-such-city`')
    expect(told).toMatch(/timeout: .*300ms.* \(service\)/)
  })

  test('over a key tells what the schema says', async () => {
    expect(await editor.hover(home, at('optional'))).toContain('its outputs stay absent')
    expect(await editor.hover('config/services/reco.yaml', at('timeout', 1, 'config/services/reco.yaml'))).toBeDefined()
  })

  test('over a function, a service and an operator', async () => {
    expect(await editor.hover(home, at('has(user.id) ?'))).toContain('has(x.member)')
    expect(await editor.hover('config/services/reco.yaml', at('summary', 1, 'config/services/reco.yaml'))).toBeDefined()
  })
})

describe('go to definition', () => {
  test.each([
    ['a color', '$.user.name', 4, 'config/dictionary.yaml:4:3'],
    ['a color that is a key', 'geo.city:', 2, 'config/dictionary.yaml:2:3'],
    ['an operation', 'reco.recommend', 8, 'config/services/reco.yaml:6:3'],
    ['an operation that stands in', 'reco.bestsellers', 8, 'config/services/reco.yaml:12:3'],
    ['a call of the route', '$.steps.picks', 9, 'routes/home.yaml:9:9'],
  ])('%s', async (_, piece, into, wanted) => {
    expect(await editor.definition(home, at(piece, into))).toBe(wanted)
  })

  test('a preset, in the included file that has it', async () => {
    const own = await createShop({
      'config/gateway.yaml': `${shopFiles['config/gateway.yaml']}include: ../shared/*.yaml\n`,
      'shared/a.yaml': 'x-a: 1\npresets: { slow: { route: { timeout: 5s } } }\n',
      'routes/slow.yaml': 'match: GET /slow\nuse: slow\nresponse: { body: 1 }\n',
    })
    afterTest(() => own.remove())
    const at = new Editor(own.root, server)
    await at.open('routes/slow.yaml')
    expect(await at.definition('routes/slow.yaml', { line: 1, character: 6 })).toBe('shared/a.yaml:2:12')
  })

  test('there is none of a plain word', async () => {
    expect(await editor.definition(home, at('GET /home'))).toBeUndefined()
    expect(await editor.definition(home, at('optional'))).toBeUndefined()
  })
})

describe('find references', () => {
  test('of a color gives every place in every file, its declaration too', async () => {
    expect(await editor.references(home, at('user.id?'))).toEqual([
      'config/dictionary.yaml:3:3',
      'config/services/reco.yaml:9:11',
      'config/services/users.yaml:5:18',
      'routes/home.yaml:12:29',
      'routes/home.yaml:12:40',
      'routes/home.yaml:4:3',
      'routes/home.yaml:6:15',
    ])
  })

  test('of an operation gives every call', async () => {
    const file = 'config/services/reco.yaml'
    expect(await editor.references(file, at('bestsellers:', 2, file))).toEqual([
      'config/services/reco.yaml:12:3',
      'routes/home.yaml:11:25',
    ])
  })

  test('of a call of the route gives who reads it', async () => {
    expect(await editor.references(home, at('$.steps.picks', 9))).toEqual([
      'routes/home.yaml:18:13',
      'routes/home.yaml:9:9',
    ])
  })
})

describe('symbols', () => {
  const names = (found: readonly DocumentSymbol[]): unknown[] =>
    found.map(({ name, children = [] }) => (children.length > 0 ? [name, names(children)] : name))

  test('of a route are its inputs and steps', async () => {
    expect(names(await editor.symbols(home))).toEqual([
      'match',
      ['in', ['geo.city', 'user.id?']],
      ['do', ['invoke users.profile', 'picks: invoke reco.recommend', 'assign']],
      'response',
    ])
  })

  test('of a service are its operations, of a dictionary its colors', async () => {
    expect(names(await editor.symbols('config/services/reco.yaml'))).toContainEqual([
      'operations',
      ['recommend', 'bestsellers'],
    ])
    const colors = ['geo.city', 'user.id', 'user.name', 'shelf.items', 'note']
    expect(names(await editor.symbols('config/dictionary.yaml'))).toEqual([['colors', colors]])
  })
})
