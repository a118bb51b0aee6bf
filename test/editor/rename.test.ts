import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mentionsOf } from '../../src/editor/mentions.ts'
import { Project } from '../../src/editor/project.ts'
import { renameColor } from '../../src/editor/rename-color.ts'
import { applyEdits, Editor, positionOf, Server } from '../support/editor/editor.ts'
import { createShop, shopFiles } from '../support/editor/project.ts'
import { projectRoot } from '../support/tessera.ts'

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
  const shop = await createShop(changes)
  cleanups.push(() => shop.remove())
  return new Editor(shop.root, server)
}

/** Renames what stands at a piece of a file, and gives every file that changes as it is then. */
async function rename(editor: Editor, file: string, piece: string, into: number, name: string) {
  await editor.open(file)
  const changes = await editor.rename(file, positionOf(editor.textOf(file), piece, into), name)
  const files: Record<string, string> = {}
  for (const [uri, edits] of Object.entries(changes)) {
    const name = uri.slice(editor.uri('').length + 1)
    files[name] = applyEdits(await readFile(join(editor.root, name), 'utf8'), edits)
  }
  return files
}

const home = 'routes/home.yaml'

describe('rename of a color', () => {
  test('writes it in every file, in every way that it is written', async () => {
    const route = `${shopFiles[home]}    more: [ "$['user']['id']", $.user.id, "\${ user.?id.orValue('user.id') }" ]\n`
    const editor = await edit({ [home]: route })
    const files = await rename(editor, 'config/dictionary.yaml', 'user.id', 2, 'client.key')
    expect(Object.keys(files).sort()).toEqual([
      'config/dictionary.yaml',
      'config/services/reco.yaml',
      'config/services/users.yaml',
      home,
    ])
    expect(files['config/services/users.yaml']).toContain('get: /users/{client.key}')
    expect(files['config/services/reco.yaml']).toContain('in: { client.key?: query.user }')
    expect(files[home]).toContain("has(client.key) ? client.key : 'nobody'")
    expect(files[home]).toContain(
      `more: [ "$['client']['key']", $.client.key, "\${ client.?key.orValue('user.id') }" ]`,
    )
  })

  test('writes it in presets of the gateway too, whoever uses them', async () => {
    const header = "${ has(user.name) ? user.name.zh : '' }"
    const gateway = `${shopFiles['config/gateway.yaml']}presets:\n  known: { call: { headers: { x-name: "${header}" } } }\n`
    const reco = shopFiles['config/services/reco.yaml'].replace('operations:', 'use: known\noperations:')
    const editor = await edit({ 'config/gateway.yaml': gateway, 'config/services/reco.yaml': reco })
    const files = await rename(editor, 'config/dictionary.yaml', 'user.name', 2, 'client.name')
    expect(files['config/gateway.yaml']).toContain("${ has(client.name) ? client.name.zh : '' }")
  })

  test('to a name of another length is refused where it is written with brackets, and nothing changes', async () => {
    const editor = await edit({ [home]: `${shopFiles[home]}    more: "$['user']['id']"\n` })
    await expect(rename(editor, home, 'user.id?', 2, 'client')).rejects.toThrow('cannot keep')
  })

  test.each([
    ['user.name', 'there is a color `user.name` already'],
    ['User.Id', '`User.Id` is not a name for a color'],
    ['request.id', 'is not a name for a color'],
    ['note.more', 'lies inside the color `note`'],
  ])('to %s is refused: %s', async (name, why) => {
    const editor = await edit()
    await expect(rename(editor, home, 'user.id?', 2, name)).rejects.toThrow(why)
  })

  test('is refused while the configuration has errors, since what cannot be read may use it', async () => {
    const editor = await edit({ 'routes/broken.yaml': 'match: GET /b\nresponse: { body: [ }\n' })
    await expect(rename(editor, home, 'user.id?', 2, 'user.key')).rejects.toThrow('has errors')
  })

  test('warns of who reads it without naming it', async () => {
    const editor = await edit({ [home]: `${shopFiles[home]}    all: $.user\n` })
    await rename(editor, home, 'user.id?', 2, 'user.key')
    expect(server.warnings).toEqual([expect.stringContaining('routes/home.yaml:19 reads `user.id`')])
  })

  test('is of colors only', async () => {
    const editor = await edit()
    await expect(rename(editor, home, 'reco.recommend', 2, 'other.name')).rejects.toThrow('only colors')
  })

  test('counts columns as editors do, behind Chinese and emoji too', async () => {
    const route = shopFiles[home].replace('note: $.note', '首页🏠: "你好 👋 ${ note } 🎉"')
    const editor = await edit({ [home]: route.replaceAll('\n', '\r\n') })
    const files = await rename(editor, home, '- assign: { note', 12, 'greeting')
    expect(files[home]).toContain('首页🏠: "你好 👋 ${ greeting } 🎉"\r\n')
    expect(files[home]).toContain('assign: { greeting:')
  })
})

test('colors of the demo can be renamed: it loads as before, and each is named as often', async () => {
  const config = join(projectRoot, 'config/gateway.yaml')
  const openProject = async (written = new Map<string, string>()) => {
    const project = new Project({ config, runsExtensions: true, env: {}, testSchema: {} })
    await project.read(written)
    expect(await project.check(() => false)).toEqual([])
    return project
  }
  const project = await openProject()
  const count = (of: Project, color: string) =>
    mentionsOf(of, color.split('.').at(-1)!).filter((one) => one.kind === 'color' && one.name === color).length
  const colors = [...project.world!.dictionary.colors.keys()]
  for (const color of fc.sample(fc.constantFrom(...colors), { numRuns: 12, seed: 60 })) {
    const name = `${color}_anew`
    const written = new Map<string, string>()
    for (const [file, own] of Map.groupBy(renameColor(color, name, project), (one) => one.file)) {
      const inOrder = own.toSorted((a, b) => b.start - a.start)
      const text = inOrder.reduce(
        (now, { start, end, text }) => now.slice(0, start) + text + now.slice(end),
        project.textOf(file)!,
      )
      written.set(project.pathOf(file), text)
    }
    expect([color, count(await openProject(written), name)]).toEqual([color, count(project, color)])
  }
})
