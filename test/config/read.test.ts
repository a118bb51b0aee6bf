import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readConfig } from '../../src/config/read.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tessera-read-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function write(files: Record<string, string | Buffer>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
}

const read = (more: { routes?: string } = {}) =>
  readConfig({ config: 'config/gateway.yaml', base: directory, env: {}, ...more })

const project = {
  'config/gateway.yaml': '{}',
  'config/dictionary.yaml': 'colors: {}',
  'config/services/a.yaml': 'a',
  'config/services/b.yml': 'b',
  'routes/home.yaml': 'home',
}

describe('a configuration', () => {
  test('is read from where it lies by default, each kind in the order of names', async () => {
    write({ ...project, 'routes/deep/er/x.yaml': 'x', 'routes/a.yaml': 'a' })
    const { texts, locations } = await read()
    expect(texts.gateway).toEqual({ path: 'config/gateway.yaml', text: '{}' })
    expect(texts.dictionary[0]?.path).toBe('config/dictionary.yaml')
    expect(texts.services.map(({ path }) => path)).toEqual(['config/services/a.yaml', 'config/services/b.yml'])
    expect(texts.routes.map(({ path }) => path)).toEqual(['routes/a.yaml', 'routes/deep/er/x.yaml', 'routes/home.yaml'])
    expect(texts.unreadable).toEqual([])
    expect(locations.routes).toBe(join(directory, 'routes'))
  })

  test('is read from where the gateway’s file says, or whoever starts it', async () => {
    write({
      'config/gateway.yaml': 'routes: ../elsewhere\nservices: ${env.SERVICES:-../s}\ndictionary: colors.yaml',
      'config/colors.yaml': 'colors: {}',
      's/x.yaml': 'x',
      'elsewhere/r.yaml': 'r',
      'mine/m.yaml': 'm',
    })
    const { texts } = await read()
    expect(texts.dictionary[0]?.path).toBe('config/colors.yaml')
    expect(texts.services.map(({ path }) => path)).toEqual(['s/x.yaml'])
    expect(texts.routes.map(({ path }) => path)).toEqual(['elsewhere/r.yaml'])
    expect((await read({ routes: 'mine' })).texts.routes.map(({ path }) => path)).toEqual(['mine/m.yaml'])
  })

  test('leaves tests of routes, hidden files and what is no YAML alone', async () => {
    write({
      ...project,
      'routes/home.test.yaml': 't',
      'routes/home.test.yml': 't',
      'routes/.draft.yaml': 'd',
      'routes/.git/x.yaml': 'g',
      'routes/README.md': 'r',
      'routes/notes.yaml.bak': 'b',
    })
    expect((await read()).texts.routes.map(({ path }) => path)).toEqual(['routes/home.yaml'])
  })

  test('has services in directories inside of theirs, too', async () => {
    write({ ...project, 'config/services/team/c.yaml': 'c', 'config/services/.old/d.yaml': 'd' })
    const { texts } = await read()
    expect(texts.services.map(({ path }) => path)).toEqual([
      'config/services/a.yaml',
      'config/services/b.yml',
      'config/services/team/c.yaml',
    ])
  })

  test('names the files that look like one of it and are not read', async () => {
    write({
      ...project,
      'config/services/c.YAML': 'c',
      'config/services/team/d.json': '{}',
      'routes/deep/e.Yml': 'e',
      'routes/home.test.yaml': 't',
      'routes/.draft.json': '{}',
      'routes/README.md': 'r',
    })
    const { texts } = await read()
    expect(texts.passedOver?.toSorted()).toEqual([
      'config/services/c.YAML',
      'config/services/team/d.json',
      'routes/deep/e.Yml',
    ])
  })

  test('of a ConfigMap mount is read once, through its links', async () => {
    write({ ...project, 'mount/..2026_01_01/home.yaml': 'mounted' })
    symlinkSync('..2026_01_01', join(directory, 'mount/..data'))
    symlinkSync('..data/home.yaml', join(directory, 'mount/home.yaml'))
    const { texts } = await read({ routes: 'mount' })
    expect(texts.routes).toEqual([{ path: 'mount/home.yaml', text: 'mounted' }])
  })

  test('may start with a byte order mark', async () => {
    write({ ...project, 'routes/home.yaml': '\uFEFFmatch: GET /' })
    expect((await read()).texts.routes[0]!.text).toBe('match: GET /')
  })

  test('shows files outside the working directory by their whole path', async () => {
    write(project)
    const { texts } = await readConfig({ config: '../config/gateway.yaml', base: join(directory, 'inner'), env: {} })
    expect(texts.routes[0]!.path).toBe(join(directory, 'routes/home.yaml'))
  })
})

describe('what cannot be read is listed', () => {
  test('the gateway’s file: and nothing that follows from it', async () => {
    expect((await read()).texts.unreadable).toEqual([{ path: 'config/gateway.yaml', reason: 'it does not exist' }])
  })

  test('the routes; a dictionary and services that nobody named need not be there', async () => {
    write({ 'config/gateway.yaml': '' })
    expect((await read()).texts.unreadable).toEqual([{ path: 'routes', reason: 'it does not exist' }])
  })

  test('a dictionary and services that the gateway’s file names', async () => {
    write({ ...project, 'config/gateway.yaml': 'dictionary: ./no.yaml\nservices: ./no' })
    const { unreadable } = (await read()).texts
    expect(unreadable.toSorted((a, b) => a.path.length - b.path.length)).toEqual([
      { path: 'config/no', reason: 'it does not exist' },
      { path: 'config/no.yaml', reason: 'it does not exist' },
    ])
  })

  test('a file that is a directory, or not UTF-8, or a directory that is a file', async () => {
    write({ ...project, 'routes/odd.yaml/x.txt': '', 'routes/latin.yaml': Buffer.from([0x61, 0xe9, 0x20]) })
    const { unreadable } = (await read()).texts
    expect([...unreadable].sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: 'routes/latin.yaml', reason: 'it is not UTF-8' },
      { path: 'routes/odd.yaml', reason: 'it is a directory' },
    ])
    expect((await read({ routes: 'routes/home.yaml' })).texts.unreadable[0]!.reason).toBe('it is not a directory')
  })

  test('a file that nobody may read', async () => {
    write(project)
    chmodSync(join(directory, 'routes/home.yaml'), 0)
    const { texts } = await read()
    // Whoever runs the tests as root may read everything.
    if (process.getuid?.() === 0) expect(texts.unreadable).toEqual([])
    else expect(texts.unreadable).toEqual([{ path: 'routes/home.yaml', reason: 'permission denied' }])
  })

  test('may have its dictionary in a directory', async () => {
    write({
      ...project,
      'config/gateway.yaml': 'dictionary: ./colors',
      'config/colors/b.yaml': 'colors: {}',
      'config/colors/a/z.yml': 'colors: {}',
      'config/colors/no.txt': 'x',
      'config/colors/c.YAML': 'x',
    })
    const { texts } = await read()
    expect(texts.dictionary.map(({ path }) => path)).toEqual(['config/colors/a/z.yml', 'config/colors/b.yaml'])
    expect(texts.passedOver).toEqual(['config/colors/c.YAML'])
  })
})

describe('what the gateway’s file includes', () => {
  const shared = {
    'shared/b.yaml': 'b',
    'shared/a.yaml': 'a',
    'shared/a.test.yaml': 'x',
    'shared/.hidden.yaml': 'x',
    'shared/notes.txt': 'x',
    'shared/deep/c.yaml': 'c',
    'shared/deep/er/c.yaml': 'd',
  }
  const included = async (include: string, more: Record<string, string> = {}) => {
    write({ ...project, ...shared, 'config/gateway.yaml': `include: ${include}`, ...more })
    const { texts, locations } = await read()
    const { unreadable } = texts
    return { files: texts.included!.map(({ path }) => path), unreadable, directories: locations.included }
  }

  test.each([
    ['a file', '../shared/b.yaml', ['shared/b.yaml']],
    ['files of a directory, in the order of names', '../shared/*.yaml', ['shared/a.yaml', 'shared/b.yaml']],
    ['some of them', '../shared/?.yaml', ['shared/a.yaml', 'shared/b.yaml']],
    ['files of directories', '../shared/*/c.yaml', ['shared/deep/c.yaml']],
    ['files of all of them', '../shared/**/c.yaml', ['shared/deep/c.yaml', 'shared/deep/er/c.yaml']],
    ['several, each once', '[../shared/b.yaml, ../shared/*.yaml]', ['shared/b.yaml', 'shared/a.yaml']],
    ['never itself', '[./gateway.yaml, ./*.yaml]', ['config/dictionary.yaml']],
    ['no more than it says', '"../shared/a?yaml*"', ['shared/a.yaml']],
  ])('is %s', async (_, include, files) => {
    expect(await included(include)).toMatchObject({ files, unreadable: [] })
  })

  test('is where a watcher has to look', async () => {
    const { directories } = await included('[../shared/*.yaml, ../teams/*/gateway.yaml, one.yaml]', {
      'config/one.yaml': '{}',
      'teams/x/gateway.yaml': '{}',
    })
    expect(directories).toEqual([
      { directory: join(directory, 'shared'), isDeep: false },
      { directory: join(directory, 'teams'), isDeep: true },
      { directory: join(directory, 'config'), isDeep: false },
    ])
  })

  test('is told where there is no such file', async () => {
    const { unreadable } = await included('[../none/*.yaml, ../shared/x.yaml, ../shared/(a).yaml]')
    expect(unreadable).toEqual([
      { path: '../none/*.yaml', reason: 'no file has such a name', named: 0 },
      { path: 'shared/x.yaml', reason: 'it does not exist', named: 1 },
      { path: 'shared/(a).yaml', reason: 'it does not exist', named: 2 },
    ])
  })
})
