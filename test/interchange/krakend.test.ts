import { describe, expect, test } from '@jest/globals'
import { emptyProject } from '../../src/interchange/draft.ts'
import { importKrakend } from '../../src/interchange/krakend/import.ts'
import { faultsOf, serve } from '../support/served-draft.ts'
import { type Stub, startPaths, startStub } from '../support/stub.ts'

type Config = Record<string, unknown>

/** One endpoint `/e` with these backends, imported and served. */
async function serveEndpoint(backends: readonly Config[], keys: Config = {}) {
  const draft = importKrakend({ version: 3, endpoints: [{ endpoint: '/e', backend: backends, ...keys }] }, emptyProject)
  expect(faultsOf(draft)).toEqual([])
  expect(draft.routes).toHaveLength(1)
  return { ask: await serve(draft), draft }
}

/** What `/e` answers when its one backend answers this. */
async function shape(answer: unknown, backend: Config, keys: Config = {}) {
  const stub = await startStub(() => ({ body: answer }))
  const { ask } = await serveEndpoint([{ host: [stub.url], url_pattern: '/', ...backend }], keys)
  const { status, body, headers } = await ask('/e')
  return { status, body, completed: headers.get('x-krakend-completed') }
}

const whole = (body: unknown) => ({ status: 200, body, completed: 'true' })
const failed = { status: 500, body: undefined, completed: 'false' }

describe('one backend', () => {
  test('is answered as it is', async () => {
    expect(await shape({ a: 1, b: [null, { c: 'x' }] }, {})).toEqual(whole({ a: 1, b: [null, { c: 'x' }] }))
  })

  test('answers 201 too; any other status is a failure, and the answer 500 without a body', async () => {
    const statuses = [201, 202, 204, 400, 404, 500]
    const stub = await startStub(({ url }) => ({
      status: Number(url.slice(1)),
      body: url === '/204' ? undefined : { a: 1 },
    }))
    const { ask } = await serveEndpoint([{ host: [stub.url], url_pattern: '/{status}' }], { endpoint: '/e/{status}' })
    const answers = []
    for (const status of statuses) {
      const answer = await ask(`/e/${status}`)
      answers.push([status, answer.status, answer.headers.get('x-krakend-completed'), answer.text])
    }
    expect(answers).toEqual([
      [201, 200, 'true', '{"a":1}'],
      ...statuses.slice(1).map((status) => [status, 500, 'false', '']),
    ])
  })

  test('that is sent a claim of a token is not imported: no token is looked at here', () => {
    const backend = { host: ['http://127.0.0.1:9'], url_pattern: '/users/{JWT.sub}' }
    const draft = importKrakend({ version: 3, endpoints: [{ endpoint: '/e', backend: [backend] }] }, emptyProject)
    expect(JSON.stringify(draft)).toContain('{JWT.sub} is a claim of a token')
    expect(JSON.stringify(draft.routes)).not.toContain('request.claims')
    expect(faultsOf(draft)).toEqual([])
  })

  test.each([
    ['a list', [1]],
    ['text', '"x"'],
    ['a number', 7],
    ['no JSON', '<html>'],
    ['nothing', ''],
  ])('fails when it answers %s in place of an object', async (_, answer) => {
    expect(await shape(answer, {})).toEqual(failed)
  })

  test('fails when it does not answer in time', async () => {
    const stub = await startStub(() => ({ body: {}, delayMs: 2000 }))
    const { ask } = await serveEndpoint([{ host: [stub.url], url_pattern: '/' }], { timeout: '100ms' })
    expect((await ask('/e')).status).toBe(500)
  })

  test('passes its status on when `return_error_code` says so', async () => {
    const stub = await startStub(({ url }) => ({ status: Number(url.slice(1)), body: { hidden: true } }))
    const backend = {
      host: [stub.url],
      url_pattern: '/{status}',
      extra_config: { 'backend/http': { return_error_code: true } },
    }
    const { ask } = await serveEndpoint([backend], { endpoint: '/e/{status}' })
    expect((await ask('/e/404')).status).toBe(404)
    expect((await ask('/e/429')).status).toBe(429)
    expect((await ask('/e/418')).status).toBe(500)
    expect((await ask('/e/404')).text).toBe('')
  })
})

describe('group', () => {
  test('puts the answer below a member', async () => {
    expect(await shape({ a: 1 }, { group: 'g' })).toEqual(whole({ g: { a: 1 } }))
  })

  test('is no path: dots and `$` are part of the name', async () => {
    expect(await shape({ a: 1 }, { group: 'g.h' })).toEqual(whole({ 'g.h': { a: 1 } }))
    expect(await shape({ a: 1 }, { group: '$merge' })).toEqual(whole({ $merge: { a: 1 } }))
  })

  test('comes last, behind target, filter and mapping', async () => {
    const answer = { data: { user: { id: 1, name: 'Mei', age: 3 } }, id: 'outer' }
    const backend = { target: 'data.user', allow: ['id', 'name'], mapping: { name: 'n' }, group: 'g' }
    expect(await shape(answer, backend)).toEqual(whole({ g: { id: 1, n: 'Mei' } }))
  })
})

describe('target', () => {
  test('takes what lies at a path', async () => {
    expect(await shape({ a: { b: { c: 1 } }, d: 2 }, { target: 'a.b' })).toEqual(whole({ c: 1 }))
  })

  test.each([
    ['nothing', {}],
    ['null', { a: null }],
    ['a list', { a: [1] }],
    ['an empty list', { a: [] }],
    ['text', { a: 'x' }],
  ])('of %s is an empty object', async (_, answer) => {
    expect(await shape(answer, { target: 'a', group: 'g' })).toEqual(whole({ g: {} }))
  })

  test('does not make an object of an answer that is none', async () => {
    expect(await shape([1], { target: 'a' })).toEqual(failed)
  })
})

describe('allow', () => {
  const answer = { id: 1, name: 'x', none: null, address: { city: 'p', geo: { lat: 1, lng: 2 } }, tags: [{ id: 1 }] }

  test('keeps only what is named', async () => {
    expect(await shape(answer, { allow: ['id', 'none', 'tags', 'missing'] })).toEqual(
      whole({ id: 1, none: null, tags: [{ id: 1 }] }),
    )
  })

  test('looks into objects by dots', async () => {
    expect(await shape(answer, { allow: ['address.city', 'address.geo.lat', 'name'] })).toEqual(
      whole({ name: 'x', address: { city: 'p', geo: { lat: 1 } } }),
    )
    expect(await shape(answer, { allow: ['address.geo'] })).toEqual(whole({ address: { geo: { lat: 1, lng: 2 } } }))
  })

  test('leaves out an object of which nothing stays, and whatever lies in lists', async () => {
    expect(
      await shape(answer, { allow: ['id', 'address.street', 'address.geo.alt', 'tags.id', 'name.first'] }),
    ).toEqual(whole({ id: 1 }))
    expect(await shape(answer, { allow: ['address.street'] })).toEqual(whole({}))
  })

  test('of a name and one inside it takes the later', async () => {
    expect(await shape(answer, { allow: ['address', 'address.city'] })).toEqual(whole({ address: { city: 'p' } }))
    expect(await shape(answer, { allow: ['address.city', 'address'] })).toEqual(whole({ address: answer.address }))
  })

  test('wins over deny', async () => {
    expect(await shape(answer, { allow: ['id', 'name'], deny: ['id'] })).toEqual(whole({ id: 1, name: 'x' }))
  })

  test('works on what the target gives', async () => {
    expect(await shape({ d: answer }, { target: 'd', allow: ['address.city'] })).toEqual(
      whole({ address: { city: 'p' } }),
    )
  })
})

describe('deny', () => {
  const answer = { id: 1, none: null, secret: 's', a: { b: 1, c: { d: 2, e: 3 } }, list: [{ secret: 1 }], text: 't' }

  test('leaves out what is named, however deep', async () => {
    expect(await shape(answer, { deny: ['secret', 'a.b', 'a.c.d', 'missing', 'missing.too'] })).toEqual(
      whole({ id: 1, none: null, a: { c: { e: 3 } }, list: [{ secret: 1 }], text: 't' }),
    )
  })

  test('does not look into lists, nor into what is no object', async () => {
    expect(await shape(answer, { deny: ['list.secret', 'text.x', 'none.x', 'id.x'] })).toEqual(whole(answer))
  })

  test('leaves an object that has lost everything', async () => {
    expect(await shape({ a: { b: 1 } }, { deny: ['a.b'] })).toEqual(whole({ a: {} }))
  })

  test('of a name and one inside it takes the outer', async () => {
    expect(await shape(answer, { deny: ['a', 'a.b'] })).toEqual(whole({ ...answer, a: undefined }))
    expect(await shape(answer, { deny: ['a.b', 'a'] })).toEqual(whole({ ...answer, a: undefined }))
  })

  test('works on what the target gives', async () => {
    expect(await shape({ d: answer }, { target: 'd', deny: ['a', 'list', 'text', 'none'] })).toEqual(
      whole({ id: 1, secret: 's' }),
    )
  })
})

describe('mapping', () => {
  test('renames members of the first level, those that are there', async () => {
    expect(await shape({ a: 1, b: null, c: 3 }, { mapping: { a: 'x', b: 'y', z: 'w' } })).toEqual(
      whole({ c: 3, x: 1, y: null }),
    )
  })

  test('takes a new name up to its first dot, and an old one as it is', async () => {
    expect(await shape({ a: 1, 'b.c': 2, b: { c: 3 } }, { mapping: { a: 'x.y', 'b.c': 'z' } })).toEqual(
      whole({ x: 1, z: 2, b: { c: 3 } }),
    )
  })

  test('overwrites a member that has the new name', async () => {
    expect(await shape({ a: 1, b: 2 }, { mapping: { a: 'b' } })).toEqual(whole({ b: 1 }))
  })

  test('of several old names for a new one takes one that is there', async () => {
    expect(await shape({ a: 1 }, { mapping: { a: 'x', b: 'x' } })).toEqual(whole({ x: 1 }))
  })

  test('does not fall for names that mean something here', async () => {
    expect(await shape({ $a: 1, "it's": 2 }, { mapping: { $a: '$merge', "it's": 'a b' } })).toEqual(
      whole({ $merge: 1, 'a b': 2 }),
    )
  })

  test('comes behind the filters, which know the old names', async () => {
    expect(await shape({ a: 1, b: 2 }, { allow: ['a'], mapping: { a: 'x' } })).toEqual(whole({ x: 1 }))
    expect(await shape({ a: 1, b: 2 }, { deny: ['x'], mapping: { a: 'x' } })).toEqual(whole({ x: 1, b: 2 }))
  })
})

describe('is_collection', () => {
  const list = [{ id: 1 }, null, [2], 'x']

  test('puts the list into `collection`', async () => {
    expect(await shape(list, { is_collection: true })).toEqual(whole({ collection: list }))
    expect(await shape([], { is_collection: true })).toEqual(whole({ collection: [] }))
  })

  test('of lists of lists leaves them as they are', async () => {
    expect(await shape([[1, [2]], []], { is_collection: true, group: 'g' })).toEqual(
      whole({ g: { collection: [[1, [2]], []] } }),
    )
  })

  test('has another name when it is mapped', async () => {
    expect(await shape(list, { is_collection: true, mapping: { collection: 'items' }, group: 'g' })).toEqual(
      whole({ g: { items: list } }),
    )
  })

  test.each([
    ['an object', { collection: [1] }],
    ['null', 'null'],
    ['nothing', ''],
  ])('fails for %s', async (_, answer) => {
    expect(await shape(answer, { is_collection: true })).toEqual(failed)
  })

  test('is filtered as an object whose one member is the list', async () => {
    expect(await shape([{ id: 1, x: 2 }], { is_collection: true, deny: ['x', 'collection.x'] })).toEqual(
      whole({ collection: [{ id: 1, x: 2 }] }),
    )
    expect(await shape([{ id: 1 }], { is_collection: true, deny: ['collection'], group: 'g' })).toEqual(
      whole({ g: {} }),
    )
    expect(await shape([{ id: 1 }], { is_collection: true, allow: ['id'], group: 'g' })).toEqual(whole({ g: {} }))
    expect(await shape([{ id: 1 }], { is_collection: true, allow: ['collection.id'], group: 'g' })).toEqual(
      whole({ g: {} }),
    )
    expect(await shape([{ id: 1 }], { is_collection: true, allow: ['collection'] })).toEqual(
      whole({ collection: [{ id: 1 }] }),
    )
    expect(await shape([{ id: 1 }], { is_collection: true, target: 'collection', group: 'g' })).toEqual(
      whole({ g: {} }),
    )
  })

  test('is the whole answer with `json-collection`', async () => {
    const keys = { output_encoding: 'json-collection' }
    expect(await shape(list, { is_collection: true }, keys)).toEqual(whole(list))
    expect(await shape({ a: 1 }, {}, keys)).toEqual(whole([]))
    expect(await shape({ collection: [1] }, {}, keys)).toEqual(whole([1]))
  })
})

describe('several backends', () => {
  const config = (stubs: readonly Stub[], keys: readonly Config[] = []) =>
    stubs.map((stub, index) => ({ host: [stub.url], url_pattern: `/${index}`, ...keys[index] }))

  test('are asked at the same time, and their answers merged, the later one winning', async () => {
    const bothAsked = Promise.withResolvers<void>()
    let asked = 0
    const whenBothAreAsked = async (body: object) => {
      if (++asked === 2) bothAsked.resolve()
      await bothAsked.promise
      return { body }
    }
    const stubs = await Promise.all([
      startStub(() => whenBothAreAsked({ a: 1, same: 'first' })),
      startStub(() => whenBothAreAsked({ b: 2, same: 'second' })),
    ])
    const { ask } = await serveEndpoint(config(stubs))
    const { body, headers } = await ask('/e')
    expect(body).toEqual({ a: 1, b: 2, same: 'second' })
    expect(headers.get('x-krakend-completed')).toBe('true')
  })

  test('keep apart in groups, beside one without', async () => {
    const stubs = await Promise.all([
      startPaths({ '/0': { a: 1 } }),
      startPaths({ '/1': [1] }),
      startPaths({ '/2': { a: 2 } }),
    ])
    const { ask } = await serveEndpoint(config(stubs, [{ group: 'x' }, { group: 'y', is_collection: true }, {}]))
    expect((await ask('/e')).body).toEqual({ x: { a: 1 }, y: { collection: [1] }, a: 2 })
  })

  test.each([
    ['an error', () => ({ status: 500, body: { a: 'error' } })],
    ['a list in place of an object', () => ({ body: [1] })],
    ['no JSON', () => ({ body: 'x' })],
    ['nothing in time', () => ({ body: { a: 1 }, delayMs: 3000 })],
  ])('that answers %s is left out, and the answer says that it is not complete', async (_, broken) => {
    const stubs = await Promise.all([startStub(broken), startPaths({ '/1': { b: 2 } }), startStub(broken)])
    const { ask } = await serveEndpoint(config(stubs, [{}, {}, { group: 'g' }]), { timeout: '400ms', cache_ttl: '60s' })
    const { status, body, headers } = await ask('/e')
    expect({ status, body }).toEqual({ status: 200, body: { b: 2 } })
    expect(headers.get('x-krakend-completed')).toBe('false')
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('that all fail answer 500', async () => {
    const stubs = await Promise.all([startStub(() => ({ status: 503 })), startStub(() => ({ body: [] }))])
    const { ask } = await serveEndpoint(config(stubs))
    const { status, text, headers } = await ask('/e')
    expect({ status, text, completed: headers.get('x-krakend-completed') }).toEqual({
      status: 500,
      text: '',
      completed: 'false',
    })
  })

  test('may be the same one, shaped differently', async () => {
    const stub = await startPaths({ '/0': { a: 1, b: 2 } })
    const backend = { host: [stub.url], url_pattern: '/0' }
    const { ask, draft } = await serveEndpoint([
      { ...backend, allow: ['a'] },
      { ...backend, deny: ['a'], group: 'g' },
    ])
    expect((await ask('/e')).body).toEqual({ a: 1, g: { b: 2 } })
    expect(draft.services).toHaveLength(1)
    expect(draft.services[0]!.text.match(/get:/g)).toHaveLength(1)
  })

  test('share a timeout of which a merge takes 85 %', () => {
    const backends = [
      { host: ['a'], url_pattern: '/' },
      { host: ['b'], url_pattern: '/' },
    ]
    const timeoutOf = (keys: Config, count = 2) => {
      const endpoint = { endpoint: '/e', backend: backends.slice(0, count), ...keys }
      return /timeout: (.*)/.exec(
        importKrakend({ version: 3, timeout: '4s', endpoints: [endpoint] }, emptyProject).routes[0]!.text,
      )?.[1]
    }
    expect([
      timeoutOf({}),
      timeoutOf({}, 1),
      timeoutOf({ timeout: '1m30s' }, 1),
      timeoutOf({ timeout: '1.5s' }),
    ]).toEqual(['3400ms', '4s', '90s', '1275ms'])
  })

  test('that are complete may be cached for `cache_ttl`', async () => {
    const stubs = await Promise.all([startPaths({ '/0': { a: 1 } }), startPaths({ '/1': { b: 1 } })])
    const { ask } = await serveEndpoint(config(stubs), { cache_ttl: '5m' })
    expect((await ask('/e')).headers.get('cache-control')).toBe('public, max-age=300')
  })
})
