import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { afterTest } from '../support/cleanup.ts'
import { createProject, goodProject, runTessera, startTessera } from '../support/tessera.ts'

const shout = (body: string) => `import { defineFunction } from 'tessera'
import { helper } from './own/helper.js'

export const shout = defineFunction({
  name: 'shout', takes: ['string'], gives: 'string', summary: 'Loud.', example: '',
  call: (text: string) => ${body},
})
`
const extended = {
  ...goodProject,
  'config/gateway.yaml': `${goodProject['config/gateway.yaml']}extensions: ./extensions\n`,
  'config/extensions/shout.ts': shout('helper(text)'),
  'config/extensions/own/helper.js': 'export const helper = (text) => text.toUpperCase()\n',
  'config/extensions/package.json': '{ "type": "module" }',
  'config/extensions/shout.test.ts': 'throw new Error("a test is no extension")',
  'routes/loud.yaml': 'match: GET /loud\nresponse: { body: { loud: "${ shout(request.method) }" } }\n',
  'routes/home.test.yaml': `tests:
  - name: is mocked with a function of its own
    request: { path: /home }
    mocks: { content.banners: { body: { items: ["\${ shout(request.method) }"] } } }
    expect: { body: { banners: [GET] } }
`,
  'routes/loud.test.yaml': 'tests: [ { name: is loud, request: { path: /loud }, expect: { body: { loud: GET } } } ]\n',
}

async function project(files: Record<string, string>) {
  const { root, remove } = await createProject(files)
  afterTest(remove)
  const run = (...args: string[]) => runTessera(args, { cwd: root })
  return { root, run, write: (path: string, text: string) => writeFile(join(root, path), text) }
}

describe('a project with a TypeScript module of extensions', () => {
  test('is checked, tested, explained and drawn', async () => {
    const { run } = await project(extended)
    const [check, tests, explained, drawn] = await Promise.all([
      run('check'),
      run('test'),
      run('explain', 'loud'),
      run('graph', 'loud'),
    ])
    expect([check.stderr, check.code, tests.code, explained.code, drawn.code]).toEqual(['', 0, 0, 0, 0])
    expect(tests.stdout).toContain('is loud')
    expect(tests.stdout).toContain('is mocked with a function of its own')
  })

  test('has schemas that know what it adds', async () => {
    const step = `import { defineBalancer, defineStep, z } from 'tessera'
export default [
  defineStep({ kind: 'nap', category: 'control', summary: 'Rests.', example: '', shape: z.strictObject({ nap: z.number() }), bind: () => ({ compile: () => () => {} }) }),
  defineBalancer({ name: 'wisely', summary: 'As it should be', create: () => ({ update() {}, pick: () => undefined }) }),
]`
    const { root, run } = await project({ ...extended, 'config/extensions/nap.mjs': step })
    expect((await run('schema', '--out', 'schemas')).code).toBe(0)
    const schemaOf = async (kind: string) =>
      JSON.parse(await readFile(join(root, `schemas/${kind}.schema.json`), 'utf8'))
    expect((await schemaOf('route')).definitions['step-nap']).toMatchObject({
      description: 'Rests.',
      properties: { nap: { type: 'number' } },
    })
    expect(JSON.stringify((await schemaOf('service')).properties.balance)).toContain('wisely')
    expect((await schemaOf('test')).title).toBe('Tessera test')
  })
})

describe('a module that cannot be used is told of at its place', () => {
  test.each([
    ['JavaScript that is none', 'bad.mjs', 'export const a = 1\nconst = 3\n', '2:7'],
    ['TypeScript that is more than types', 'bad.ts', 'export const a = 1\n  enum X { A }\n', '2:3'],
    ['one that throws', 'bad.ts', "const a: number = 1\nthrow new Error('boom')\n", '2:7'],
    ['one that throws where it is called', 'bad.mjs', 'const f = () => {\n  null.x\n}\nf()\n', '2:8'],
    ['an import that is not there', 'bad.mjs', "import './nowhere.js'\n", '1:1'],
    ['an export that tessera does not have', 'bad.mjs', "import { defineWizard } from 'tessera'\n", '1:10'],
    ['no export that a gateway knows', 'bad.mjs', 'export const a = 1\n', '1:1'],
  ])('%s', async (_, name, text, place) => {
    const { run } = await project({ ...extended, [`config/extensions/${name}`]: text })
    const { code, stdout } = await run('check')
    const told = [...stdout.matchAll(/^error\[(\S+)\].*\n\s+--> (\S+)/gm)].map(([, code, at]) => [code, at])
    expect([code, told]).toEqual([1, [['invalid-extension', `config/extensions/${name}:${place}`]]])
  })

  test('a directory that is not there, a link that leads out', async () => {
    const { root, run } = await project({ ...extended, 'elsewhere/x.mjs': 'throw 1' })
    await symlink(join(root, 'elsewhere/x.mjs'), join(root, 'config/extensions/x.mjs'))
    expect((await run('check')).stdout).toMatch(/file-unreadable.*link that leads out/)
    const other = await project({ ...goodProject, 'config/gateway.yaml': 'extensions: ./nowhere\n' })
    expect((await other.run('check')).stdout).toMatch(/file-unreadable.*config\/nowhere.*does not exist/)
  })
})

test('check --no-extensions runs nothing of the project, and still finds what is wrong elsewhere', async () => {
  const { root, run } = await project({
    ...extended,
    'config/extensions/spy.mjs': "import { writeFileSync } from 'node:fs'\nwriteFileSync('ran', '')\n",
  })
  expect(await run('check', '--no-extensions')).toMatchObject({ code: 0 })
  await expect(readFile(join(root, 'ran'))).rejects.toThrow('ENOENT')
  await writeFile(join(root, 'routes/loud.yaml'), 'match: GET /loud\nresponse: { body: $.geo.city }\n')
  expect((await run('check', '--no-extensions')).stdout).toContain('unknown-color')
  await run('check')
  expect(await readFile(join(root, 'ran'), 'utf8')).toBe('')
})

describe('a running gateway', () => {
  test('refuses what a changed module would need, and takes a new one', async () => {
    const { root, write } = await project(extended)
    const started = startTessera(['serve'], { cwd: root })
    afterTest(async () => {
      started.child.kill('SIGTERM')
      await started.ended
    })
    const log = (text: string | RegExp) => started.until(text)
    await log(/listening|ready/)
    await write('config/extensions/shout.ts', shout("text + '!'"))
    await log(/the module has changed since it was loaded.*restart the gateway/)
    await write('config/extensions/shout.ts', extended['config/extensions/shout.ts'])
    await mkdir(join(root, 'config/extensions'), { recursive: true })
    const more = shout('text')
      .replaceAll('shout', 'murmur')
      .replace(/^import.*helper.*\n/m, '')
    await write('config/extensions/murmur.ts', more)
    await write('routes/low.yaml', 'match: GET /low\nresponse: { body: "${ murmur(request.method) }" }\n')
    await log(/"routes":3.*configuration reloaded/)
  })
})
