import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { applyEdits, Editor, positionOf, Server } from '../support/editor/editor.ts'
import { createShop, type Shop, shopFiles } from '../support/editor/project.ts'

const part = 'parts/shelf.yaml'
const text = `name: shelf
in: [ geo.city, user.id? ]
do:
  - id: picks
    invoke: reco.recommend
  - when: steps.picks.status == 200
    assign: { note: "in \${ geo.city }" }
out: [ shelf.items, note? ]
`
const route = `match: GET /shelf/{city}
in: { geo.city: path.city }
do:
  - part: shelf
response: { body: { items: $.shelf.items } }
`

let shop: Shop
let server: Server
let editor: Editor
beforeAll(async () => {
  shop = await createShop({ [part]: text, 'routes/shelf.yaml': route })
  server = await new Server().start()
  editor = new Editor(shop.root, server)
  await editor.open(part)
  await editor.open('routes/shelf.yaml')
})
afterAll(async () => {
  await server.stop()
  await shop.remove()
})

const at = (piece: string, into = 1) => positionOf(text, piece, into)
async function labels(file: string, marked: string): Promise<string[]> {
  const items = await editor.complete(file, marked)
  await editor.write(file, file === part ? text : route)
  return items.map(({ label }) => label)
}

describe('in the file of a part', () => {
  test('nothing is wrong, and a slip is told as one types', async () => {
    expect(await editor.diagnosticsOf(part)).toEqual([])
    await editor.write(part, text.replace('geo.city }', 'geo.citty }'))
    await editor.diagnosticsUntil(part, (found) => found.some(({ message }) => String(message).includes('geo.citty')))
    await editor.write(part, text)
    expect(await editor.diagnosticsOf(part)).toEqual([])
  })

  test.each([
    ['operations', text.replace('reco.recommend', 're|'), ['reco.recommend', 'reco.bestsellers']],
    ['keys', text.replace('out: [', 'ca|\nout: ['), ['catch']],
    ['kinds of steps', `${text.replace('out:', '  - |\nout:')}`, ['invoke', 'forEach', 'part']],
    ['colors it takes', text.replace('user.id?', 'user.|'), ['user.id', 'user.name']],
    ['colors it gives', text.replace('note? ]', 'sh| ]'), ['shelf.items']],
    ['colors in CEL', text.replace('${ geo.city }', '${ ge| }'), ['geo.city']],
    ['its own steps', text.replace('steps.picks.status', 'steps.|'), ['steps.picks']],
  ])('%s are completed', async (_, marked, wanted) => {
    expect(await labels(part, marked)).toEqual(expect.arrayContaining(wanted))
  })

  test('hover tells of colors and operations', async () => {
    expect(await editor.hover(part, at('${ geo.city', 4))).toContain('**geo.city** text')
    expect(await editor.hover(part, at('reco.recommend', 7))).toContain('`GET /recommend/{geo.city}`')
    expect(await editor.hover(part, at('out:', 1))).toBeDefined()
  })

  test.each([
    ['a color', 'geo.city,', 'config/dictionary.yaml:2:3'],
    ['a color it may give', 'note? ]', 'config/dictionary.yaml:6:3'],
    ['an operation', 'reco.recommend', 'config/services/reco.yaml:6:3'],
    ['a call', 'steps.picks', `${part}:4:9`],
  ])('the definition of %s', async (_, piece, wanted) => {
    expect(await editor.definition(part, at(piece, piece.startsWith('steps') ? 8 : 2))).toBe(wanted)
  })

  test('references and renames of a color go over parts too', async () => {
    const found = await editor.references(part, at('note? ]', 2))
    expect(found).toEqual(expect.arrayContaining([`${part}:7:15`, `${part}:8:21`, 'config/dictionary.yaml:6:3']))
    const changes = await editor.rename(part, at('note? ]', 2), 'shelf.note')
    const files = Object.fromEntries(
      await Promise.all(
        Object.entries(changes).map(async ([uri, edits]) => {
          const name = uri.slice(editor.uri('').length + 1)
          return [name, applyEdits(await readFile(join(editor.root, name), 'utf8'), edits)] as const
        }),
      ),
    )
    expect(files[part]).toContain('assign: { shelf.note: "in ${ geo.city }" }')
    expect(files[part]).toContain('out: [ shelf.items, shelf.note? ]')
    expect(files['config/dictionary.yaml']).toContain('shelf.note: { type: string }')
    expect(files['routes/home.yaml']).toBe(
      shopFiles['routes/home.yaml'].replaceAll(/\bnote: "\$|\$\.note/g, (all) => all.replace('note', 'shelf.note')),
    )
  })
})

describe('where a part is run', () => {
  test('its name is completed', async () => {
    expect(await labels('routes/shelf.yaml', route.replace('part: shelf', 'part: sh|'))).toContain('shelf')
  })

  test('hover tells what it takes and gives, and its definition is its file', async () => {
    const position = positionOf(route, 'part: shelf', 8)
    const told = await editor.hover('routes/shelf.yaml', position)
    expect(told).toContain('geo.city')
    expect(told).toContain('shelf.items')
    expect(await editor.definition('routes/shelf.yaml', position)).toMatch(/^parts\/shelf\.yaml:1:/)
  })
})
