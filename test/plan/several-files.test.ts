import { describe, expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { describeDiagnostic, loadProject, type ProjectFiles, projectTexts, world } from '../support/project.ts'

const home = 'match: GET /home\nuse: slow\nresponse: { body: 1 }'
const faults = (files: ProjectFiles) => buildSnapshot(projectTexts(files)).diagnostics.map(describeDiagnostic)

describe('what a gateway’s file includes', () => {
  const files = {
    ...world,
    gateway: 'include: ../shared/*.yaml\nlisten: 1\ndefaults: { timeout: 1s }',
    'shared/a': 'presets: { slow: { route: { timeout: 3s } } }\ndefaults: { maxCalls: 7 }',
    'shared/b':
      'x-base: &base { timeout: 5s }\npresets: { slower: { route: *base } }\ntrustedProxies: [loopback]\ndefaults: { call: { timeout: 70ms } }',
    'routes/home': home,
    'routes/other': home.replaceAll('home', 'other').replace('slow', 'slower'),
  }

  test('is more of it: presets, defaults and all else', () => {
    const { routes, settings } = loadProject(files)
    expect(routes.map(({ timeoutMs }) => timeoutMs)).toEqual([3000, 5000])
    expect(settings).toMatchObject({
      listen: [{ port: 1 }],
      trustedProxies: ['loopback'],
      defaults: { timeout: 1000, maxCalls: 7, call: { timeout: 70 } },
    })
  })

  test('has its faults where they stand', () => {
    const found = faults({
      ...files,
      'shared/a': 'presets:\n  slow: { route: { timeuot: 3s } }\ndefaults: { maxCalls: many }',
      'shared/b': 'presets: { slower: { route: { headers: { x y: 1 } } } }\nlimitt: 1',
    })
    expect(found.map((one) => one.split(' ').slice(0, 2).join(' '))).toEqual([
      'unknown-key shared/a.yaml:2:20',
      'invalid-value shared/a.yaml:3:23',
      'invalid-value shared/b.yaml:1:42',
      'unknown-key shared/b.yaml:2:1',
    ])
  })

  test('says nothing that another file says: both places are told, and the first holds', () => {
    const found = faults({
      ...files,
      gateway: `${files.gateway}\ntrustedProxies: [uniquelocal]`,
      'shared/b': files['shared/b'].replace('slower', 'slow').replace('call', 'maxCalls: 1, call'),
      'routes/other': home.replaceAll('home', 'other'),
    })
    expect(found).toEqual([
      'duplicate-name shared/b.yaml:2:12 another file says `presets.slow` too (one of them has to go (shared/a.yaml:1))',
      'duplicate-name shared/b.yaml:3:1 another file says `trustedProxies` too (one of them has to go (gateway.yaml:4))',
      'duplicate-name shared/b.yaml:4:13 another file says `defaults.maxCalls` too (one of them has to go (shared/a.yaml:2))',
    ])
  })

  test.each([
    ['presets: []', 'presets: { slow: { route: { timeout: 3s } } }'],
    ['presets: { slow: { route: { timeout: 3s } } }', 'presets: 7'],
  ])('is one kind of thing in all files: %s and %s', (a, b) => {
    expect(
      faults({ ...files, 'shared/a': a, 'shared/b': b }).some((one) => /^duplicate-name shared\/b/.test(one)),
    ).toBe(true)
  })

  test('says of no other files where they are, and is a mapping', () => {
    expect(
      faults({ ...files, 'shared/c': 'routes: ./mine\ninclude: x.yaml', 'shared/d': '- a', 'shared/e': '' }),
    ).toEqual([
      expect.stringMatching(/^unknown-key shared\/c.yaml:1:1 `routes` is not a key of a file that is included/),
      expect.stringMatching(/^unknown-key shared\/c.yaml:2:1 `include`/),
      expect.stringMatching(/^invalid-value shared\/d.yaml:1:1 expected a mapping/),
    ])
  })

  test.each(['gateway', 'shared/a'])('is told once where %s is no YAML: nobody knows what else it says', (broken) => {
    const schemes = { user: { basic: { users: [] } } }
    const said = {
      gateway: 'include: ../shared/*.yaml',
      'shared/a': `auth: ${JSON.stringify(schemes)}`,
      [broken]: 'a: {',
    }
    const found = faults({ ...files, ...said, 'routes/home': `${home}\nauth: user` })
    expect(found).toEqual([expect.stringMatching(new RegExp(`^yaml-syntax ${broken}.yaml:`))])
  })

  test('is an error at its pattern where it cannot be read, and nothing follows from that', () => {
    const unreadable = [{ path: '../shared/*.yaml', reason: 'no file has such a name', named: 1 }]
    const texts = projectTexts({ ...world, gateway: 'include: [a.yaml, ../shared/*.yaml]', 'routes/home': home })
    const { diagnostics, snapshot } = buildSnapshot({ ...texts, unreadable })
    expect(diagnostics.map(describeDiagnostic)).toEqual([
      'file-unreadable gateway.yaml:1:19 ../shared/*.yaml cannot be included: no file has such a name',
    ])
    expect(snapshot).toBeUndefined()
  })

  test('counts for the version', () => {
    const version = (text: string) => loadProject({ ...files, 'shared/b': text }).version
    expect(version(files['shared/b'])).not.toBe(version(`${files['shared/b']} # changed`))
  })
})

describe('a dictionary of several files', () => {
  const { dictionary: _, ...others } = world
  const [, ...lines] = world.dictionary.trim().split('\n')
  const files: ProjectFiles = {
    ...others,
    'dictionary/a': `colors:\n${lines.slice(0, 4).join('\n')}`,
    'dictionary/b': `colors:\n${lines.slice(4).join('\n')}`,
    'routes/home':
      'match: GET /home\nin: { geo.city: query.c, cart.sum: query.s }\nresponse: { body: [ $.geo.city, $.cart.sum ] }',
  }

  test('is one dictionary, each color where its file has it', () => {
    const { colors } = loadProject(files)
    expect([...colors.keys()]).toEqual([...loadProject({ ...world }).colors.keys()])
    expect([colors.get('geo.city')!.at.file, colors.get('cart.sum')!.at.file]).toEqual([
      'dictionary/a.yaml',
      'dictionary/b.yaml',
    ])
    expect(colors.get('cart.sum')!.at.line).toBe(6)
  })

  test('has a color in one of them', () => {
    const twice = {
      ...files,
      'dictionary/c': 'colors:\n  new.one: {}\n  geo.city: { type: integer }\n  geo.citty: { type: strng }',
    }
    expect(faults(twice)).toEqual([
      expect.stringMatching(
        /^duplicate-name dictionary\/c.yaml:3:3 another file says `colors.geo.city` too \(one of them has to go \(dictionary\/a.yaml:4\)\)/,
      ),
      expect.stringMatching(/^invalid-type dictionary\/c.yaml:4:\d+ /),
    ])
  })

  test('of which one cannot be read tells of no unknown colors', () => {
    expect(faults({ ...files, 'dictionary/b': 'colors: {' }).map((one) => one.split(' ')[0])).toEqual(['yaml-syntax'])
  })
})
