import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { OpaqueBytes } from '../../src/formats/opaque-bytes.ts'
import { writeValue } from '../../src/history/capture/write-call.ts'
import type { RunShown } from '../../src/history/history.ts'
import { SensitiveTexts, Tokens } from '../../src/history/masking/tokens.ts'
import type { Summary } from '../../src/history/recording.ts'
import { type Received, sendJson, startBackend } from '../support/backend.ts'
import { type Files, type Running, startGateway } from '../support/gateway.ts'
import { bearer } from '../support/guarded.ts'
import { startIssuer } from '../support/issuer.ts'
import { sendRaw } from '../support/raw.ts'
import { runTessera } from '../support/tessera.ts'
import { until } from '../support/waiting.ts'

const files = (url: string, history: string): Files => ({
  gateway: `history: ${history}\ndefaults: { timeout: 5s }\noverload: false`,
  dictionary: `
colors:
  word: { type: string }
  user.id: { type: string, sensitivity: pii }
  user.name: { type: string, sensitivity: pii }
  user.key: { type: string, sensitivity: secret }
  thing.list: { type: array, items: { type: object, properties: { id: { type: string }, owner: { type: object } } } }
  thing.owner: { type: string, sensitivity: pii }
  title: { type: string }
`,
  'services/shop': `
service: shop
endpoints: [${url}]
operations:
  items:
    get: /items/{word}
    in: { user.id?: header.x-user, user.key?: header.x-key }
    out: { thing.list: $.items, thing.owner: '$.items[0].owner.name' }
  user: { get: '/users/{user.id}', out: { user.name: $.name, user.key: $.key } }
  order: { post: /orders, in: { user.id: $.user.id, word: $.word }, out: { title: $.title } }
  bad: { get: /bad, retry: { attempts: 2, delay: 1ms }, out: { title: $.title } }
  slow: { get: /slow, out: { title: $.title } }
`,
  'routes/home': `
match: GET /home/{word}
in: { word: path.word, user.id?: query.user }
do:
  - { invoke: shop.user, optional: true }
  - { invoke: shop.items }
  - { assign: { title: "\${ 'Hello ' + word }" } }
response:
  headers: { x-title: $.title, x-session-token: $.title }
  body:
    title: $.title
    who: $.user.name
    list: { $each: $.thing.list, $map: { id: "\${ item.id }", owner: "\${ item.owner.name }" } }
    first: $.thing.list[0].id
`,
  'routes/bad': 'match: GET /bad\ndo: [ { invoke: shop.bad } ]\nresponse: { body: $.title }\n',
  'routes/less': `
match: GET /less
do: [ { invoke: shop.bad, fallback: { assign: { title: none } } } ]
response: { body: { title: $.title } }
`,
  'routes/order': `
match: POST /order
in: { user.id: $.id, word: $.word }
do:
  - { invoke: shop.order }
  - { when: "word == 'stop'", respond: { status: 409, body: { said: $.word, by: $.user.id } } }
response: { body: { title: $.title } }
`,
  'routes/slow': 'match: GET /slow\ndo: [ { invoke: shop.slow } ]\nresponse: { body: $.title }\n',
  'routes/stream': `
match: GET /stream/{word}
in: { word: path.word }
do: [ { invoke: shop.items } ]
response: { stream: true, body: { list: $.thing.list, word: $.word } }
`,
  'routes/crash': `
match: GET /crash/{word}
in: { word: path.word }
do: [ { assign: { title: "\${ string(int(word)) }" } } ]
response: { body: $.title }
`,
  'routes/through': 'match: ANY /through/*rest\nproxy: shop\n',
})

const answer = ({ target }: Received, response: Parameters<typeof sendJson>[0]) => {
  if (target.startsWith('/items'))
    sendJson(response, { items: [{ id: 'a', owner: { name: 'Owner-Ann' } }, { id: 'b' }], other: 'unnamed text' })
  else if (target.startsWith('/users')) sendJson(response, { name: 'Name-Mei', key: 'key-of-mei' })
  else if (target === '/orders') sendJson(response, { title: 'ordered' })
  else if (target === '/bad') sendJson(response, { why: 'no' }, 503)
  else if (target.startsWith('/through')) sendJson(response, { through: true })
}

async function start(history = '{ sample: 100% }') {
  const backend = await startBackend(answer)
  const running = await startGateway(files(backend.url, history))
  return { ...running, backend, ...api(running) }
}

function api({ port, adminPort }: Running) {
  const origin = `http://127.0.0.1:${adminPort}/-/history`
  const list = async (filter = '', more = '') => {
    const response = await fetch(`${origin}?filter=${encodeURIComponent(filter)}${more}`)
    return (await response.json()) as { runs: Summary[]; next?: string; detail?: string }
  }
  return {
    origin,
    list,
    ask: (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init),
    get: async (id: string) => (await (await fetch(`${origin}/${id}`)).json()) as RunShown,
    /** The newest recording that the filter finds, once there is one. */
    find: async (filter: string) => {
      const { id } = await until(async () => (await list(filter)).runs[0], `a recording: ${filter}`)
      return (await (await fetch(`${origin}/${id}`)).json()) as RunShown
    },
  }
}

describe('a recording', () => {
  test('holds what was asked, each step, its call, its answer, and what was answered, masked by color', async () => {
    const { ask, find, list } = await start()
    await ask('/home/hi?user=user-mei')
    const run = await find('route:home')

    expect(run).toMatchObject({ method: 'GET', path: '/home/hi', status: 200, outcome: 'ok', why: 'sample' })
    const token = run.request.inputs['user.id'] as string
    expect(token).toMatch(/^pii:[0-9a-f]{16}$/)
    expect(run.request.inputs).toEqual({ word: 'hi', 'user.id': token })
    expect(run.steps.map(({ name, kind, error }) => [kind, name, error])).toEqual([
      ['invoke', 'user', undefined],
      ['invoke', 'items', undefined],
      ['assign', expect.anything(), undefined],
    ])
    const [user, items] = run.steps
    expect(user!.calls[0]).toMatchObject({
      service: 'shop',
      operation: 'user',
      request: { method: 'GET', path: '/users/{user.id}', bytes: 0 },
      answer: { status: 200, source: 'live', values: { 'user.name': expect.stringMatching(/^pii:/) } },
    })
    expect(items!.attempts).toMatchObject([{ status: 200, endpoint: expect.stringMatching(/^127\.0\.0\.1:\d+$/) }])
    expect(items!.calls[0]!.inputs).toEqual({ word: 'hi', 'user.id': token })
    expect(items!.calls[0]!.request.headers).toEqual({ 'x-user': token })
    const owner = items!.calls[0]!.answer!.values['thing.owner']
    expect(items!.calls[0]!.answer).toMatchObject({ type: expect.stringContaining('json'), bytes: expect.any(Number) })
    expect(items!.calls[0]!.answer!.values['thing.list']).toEqual([{ id: 'a', owner: { name: owner } }, { id: 'b' }])
    expect(run.document['title']).toBe('Hello hi')
    expect(run.response).toMatchObject({
      status: 200,
      headers: { 'x-title': 'Hello hi' },
      body: { title: 'Hello hi', who: expect.stringMatching(/^pii:/), first: 'a' },
    })
    const text = JSON.stringify([run, await list()])
    for (const hidden of ['user-mei', 'Name-Mei', 'key-of-mei', 'Owner-Ann', 'unnamed text'])
      expect(text).not.toContain(hidden)
    // Whoever knows the person finds what she asked for.
    expect((await list('color:user.id=user-mei')).runs.map(({ id }) => id)).toEqual([run.id])
    expect((await list('color:user.id=user-other')).runs).toEqual([])
  })

  test('tells of each member of the answer where it came from', async () => {
    const { ask, find } = await start()
    await ask('/home/hi?user=user-mei')
    const { lineage } = await find('route:home')
    const of = (member: string, color: string) => lineage.find((one) => one.member === member && one.color === color)

    expect(of('$.first', 'thing.list')).toMatchObject({
      step: 'items',
      operation: 'shop.items',
      from: '$.items[0].id',
      source: 'live',
      attempt: 1,
      ms: expect.any(Number),
      at: expect.stringMatching(/home\.yaml:14:\d+$/),
      mappedAt: expect.stringMatching(/shop\.yaml:8:\d+$/),
    })
    expect(of('$.list[*].id', 'thing.list')).toMatchObject({ from: '$.items[*].id', step: 'items' })
    expect(of('$.who', 'user.name')).toMatchObject({ from: '$.name', operation: 'shop.user' })
    expect(of('$.title', 'title')).toMatchObject({ step: expect.stringContaining('assign') })
    expect(of('$.title', 'word')).toMatchObject({ from: 'path.word', source: 'request' })
  })

  test('is made of every kind of end', async () => {
    const { ask, find, port } = await start()
    await Promise.all([
      ask('/nowhere'),
      ask('/bad'),
      ask('/less'),
      ask('/order', {
        method: 'POST',
        body: '{"id":"user-mei","word":"stop"}',
        headers: { 'content-type': 'application/json' },
      }),
      ask('/order', { method: 'POST', body: 'no json', headers: { 'content-type': 'application/json' } }),
      ask('/stream/hi', { headers: { accept: 'text/event-stream' } }).then((response) => response.text()),
      ask('/crash/none'),
      ask('/through/x'),
      sendRaw(port, 'GET /home/%2e%2e HTTP/1.1\r\nHost: x\r\n\r\n'),
    ])
    const leaving = new AbortController()
    const left = ask('/slow', { signal: leaving.signal })
    const { signal } = leaving
    expect(signal.aborted).toBe(false)
    await until(async () => (await find('route:bad')) !== undefined, 'others are recorded')
    leaving.abort()
    await expect(left).rejects.toThrow()

    expect(await find('error:not-found')).toMatchObject({ outcome: 'refused', error: 'not-found', steps: [] })
    const bad = await find('route:bad')
    expect(bad).toMatchObject({ outcome: 'error', why: 'error', failures: [{ step: 'bad', status: 503, attempts: 2 }] })
    expect(bad.steps[0]!.attempts.map(({ status, error }) => [status, error])).toEqual([
      [503, '503'],
      [503, '503'],
    ])
    expect(bad.steps[0]!.events.map(({ name }) => name)).toContain('tessera.retry')
    const less = await find('status:degraded')
    expect(less).toMatchObject({ route: 'less', calls: [{ step: 'bad', source: 'fallback', error: 'http-503' }] })
    expect(less.lineage).toMatchObject([{ member: '$.title', color: 'title', source: 'fallback' }])
    const order = await find('route:order status:409')
    expect(order).toMatchObject({ exit: expect.stringContaining('respond'), response: { body: { said: 'stop' } } })
    expect(order.steps[0]!.calls[0]!.request.body).toEqual({
      user: { id: expect.stringMatching(/^pii:/) },
      word: 'stop',
    })
    expect(order.lineage.map(({ member, color }) => [member, color])).toEqual([
      ['$.said', 'word'],
      ['$.by', 'user.id'],
    ])
    expect(await find('route:order error:invalid-input')).toMatchObject({ outcome: 'refused', steps: [] })
    expect(await find('route:stream')).toMatchObject({ outcome: 'ok', status: 200 })
    expect(await find('route:crash')).toMatchObject({ outcome: 'error', error: 'expression-failed' })
    expect(await find('route:through')).toMatchObject({ outcome: 'ok', passedTo: { service: 'shop', attempts: 1 } })
    expect(await find('status:400 path:/home')).toMatchObject({ outcome: 'refused' })
    expect(await find('route:slow')).toMatchObject({ outcome: 'cancelled', status: 499 })
  })
})

describe('whoever chooses a personal value', () => {
  test.each(['false', 'calls', 'response', '\ud800 lone'])(
    'cannot choose what its recording is made of: %j',
    async (value) => {
      const { ask, list, get } = await start('{ sample: 100% }')
      const body = JSON.stringify({ id: value, word: `say ${value}` })
      const headers = { 'content-type': 'application/json' }
      const answered = await ask('/order', { method: 'POST', headers, body })
      const ofRoute = async () => (await list('route:order step:order')).runs[0]
      const summary = await until(ofRoute, 'its recording')
      const run = await get(summary.id)
      expect([run.id, run.status]).toEqual([summary.id, answered.status])
      expect(run).toMatchObject({ isSlow: false, outcome: summary.outcome, response: { status: answered.status } })
      expect(run.request.inputs['word']).toBe(`say ${run.request.inputs['user.id']}`)
    },
  )
})

test('a credential by its name is in no recording of an answer', async () => {
  const { ask, find } = await start()
  expect((await ask('/home/hi')).headers.get('x-session-token')).toBe('Hello hi')
  const { headers } = (await find('route:home')).response
  expect([headers['x-title'], headers['x-session-token']]).toEqual(['Hello hi', undefined])
})

test('what is kept of values is bounded, each and all of them, whatever they are', () => {
  const tokens = new Tokens(Buffer.alloc(32))
  const writing = { tokens, sensitive: new SensitiveTexts(), bodies: false, bytesLeft: 100_000 }
  const list = (length: number) => Array.from({ length }, () => 'x'.repeat(97))
  expect(writeValue(list(700), [], writing)).toEqual({ unshown: 'array', bytes: 70_001 })
  expect(writeValue(list(600), [], writing)).toHaveLength(600)
  expect(writeValue(list(600), [], writing)).toEqual({ unshown: 'array', bytes: 60_001 })
  const file = new OpaqueBytes(Buffer.from('bytes'), 'image/png')
  const masks = (['pii', 'unnamed'] as const).map((keeping) => [{ area: ['file'], keeping }])
  for (const all of [[], ...masks]) expect(writeValue({ file }, all, writing)).toEqual({ unshown: 'object', bytes: 0 })
})

describe('a text that is nobody’s to know', () => {
  const removed = (sensitive: string[], recording: object) => {
    const texts = new SensitiveTexts()
    for (const text of sensitive) texts.add(text, () => '***')
    return JSON.parse(texts.removeFrom(JSON.stringify(recording).replaceAll('ü', '\\u00fc'))) as object
  }

  test('is taken out as a whole where a shorter one is in it, and however it is written', () => {
    const path = '/of/f%C3%BCrst%40host.example/xfürst@host.example'
    expect(removed(['fürst', 'fürst@host.example'], { path })).toEqual({ path: '/of/***/x***' })
    expect(removed(['a "b" c'], { document: { text: JSON.stringify({ said: 'a "b" c' }) } })).toEqual({
      document: { text: '{"said":"***"}' },
    })
  })

  test('is taken out of names that are none of ours', () => {
    const recording = { status: 200, document: { map: { 'status of': 'status', status: 1 } } }
    expect(removed(['status'], recording)).toEqual({ status: 200, document: { map: { '*** of': '***', '***': 1 } } })
  })
})

describe('what is recorded', () => {
  test('is told at the end: errors and what is degraded, whatever the sample is', async () => {
    const { ask, find, list } = await start('{ sample: 0%, slow: 1h }')
    for (const path of ['/home/hi?user=user-mei', '/bad', '/less', '/nowhere']) await ask(path)
    await find('route:less')
    expect((await list()).runs.map(({ route, why }) => [route, why])).toEqual([
      ['less', 'degraded'],
      ['bad', 'error'],
    ])
  })

  test('is bounded: the oldest make place', async () => {
    const { ask, list, find } = await start('{ sample: 100%, max: 20KB }')
    for (let turn = 0; turn < 12; turn++) await ask(`/home/word${turn}`)
    await find('color:word=word11')
    const { runs } = await list()
    expect(runs.length).toBeGreaterThan(1)
    expect(runs.length).toBeLessThan(12)
    expect(runs[0]!.colors['word']).toBe('word11')
  })

  test('is found by filters, page by page', async () => {
    const { ask, list, find } = await start()
    for (const path of ['/home/one', '/home/two', '/bad', '/home/three']) await ask(path)
    await find('color:word=three')
    const wordsOf = (runs: Summary[]) => runs.map(({ colors }) => colors['word'])
    const first = await list('route:home', '&limit=2')
    expect(wordsOf(first.runs)).toEqual(['three', 'two'])
    expect(wordsOf((await list('route:home', `&limit=2&cursor=${first.next}`)).runs)).toEqual(['one'])
    expect((await list('-route:home')).runs.map(({ route }) => route)).toEqual(['bad'])
    expect((await list('status:5xx step:bad failed:bad')).runs).toHaveLength(1)
    expect((await list('status:>=500 ms:<1h since:1h')).runs).toHaveLength(1)
    expect((await list('status:>=500 until:1h')).runs).toHaveLength(0)
    expect((await list('colour:red')).detail).toMatch(/nothing is filtered by `colour`/)
    expect((await list('ms:fast')).detail).toMatch(/says nothing/)
    expect((await list('a '.repeat(2000))).detail).toBe('a filter has at most 50 words')
  })

  test('is told as it happens', async () => {
    const { ask, origin } = await start()
    const stream = await fetch(`${origin}/live?filter=route:bad`)
    const reader = stream.body!.getReader()
    let told = ''
    await ask('/home/hi')
    await ask('/bad')
    while (!told.includes('event: run')) told += Buffer.from((await reader.read()).value!).toString()
    await reader.cancel()
    expect(told).toMatch(/event: run\nid: \w+\ndata: \{.*"route":"bad"/)
  })
})

test('nothing is recorded where nobody says so, and who asks is told', async () => {
  const backend = await startBackend(answer)
  const { gateway: _, ...others } = files(backend.url, '{}')
  const { adminPort } = await startGateway(others)
  const response = await fetch(`http://127.0.0.1:${adminPort}/-/history`)
  expect(response.status).toBe(404)
  expect(await response.text()).toContain('history:')
})

describe('a client that `admin.debug` allows', () => {
  async function startDebugged() {
    const issuer = await startIssuer()
    let asked = 0
    const backend = await startBackend((received, response) => {
      asked++
      answer(received, response)
    })
    const base = files(backend.url, '{ sample: 0%, always: [] }')
    const running = await startGateway({
      ...base,
      gateway: `
auth: { user: ${issuer.jwt} }
admin: { listen: 0, debug: "'debug' in auth.roles" }
history: { sample: 0%, always: [] }
defaults: { timeout: 5s, auth: { any: [user], optional: true } }
overload: false
`,
      'services/shop': `${base['services/shop']}
  kept: { get: /items/kept, cache: { ttl: 1h }, out: { thing.list: $.items } }
`,
      'routes/kept': `
match: GET /kept
cache: { ttl: 1h }
do: [ { invoke: shop.kept } ]
response: { body: { first: '$.thing.list[0].id' } }
`,
      'routes/list': "match: GET /list\ndo: [ { invoke: shop.kept } ]\nresponse: { body: ['$.thing.list[0].id'] }\n",
    })
    const debugging = bearer(await issuer.sign({ sub: 'mei', roles: ['debug'] }))
    const other = bearer(await issuer.sign({ sub: 'ann', roles: ['guest'] }))
    return { ...running, ...api(running), asked: () => asked, debugging, other }
  }

  test('is told where members come from, past every cache; nobody else is', async () => {
    const { ask, asked, debugging, other } = await startDebugged()
    const lineage = { 'tessera-lineage': '1' }
    const kept = async (headers: Record<string, string> = {}, path = '/kept') => {
      const response = await ask(path, { headers })
      return { body: await response.json(), headers: response.headers }
    }
    await kept()
    expect((await kept()).headers.get('cache-status')).toContain('hit')
    expect(asked()).toBe(1)

    const told = await kept({ ...debugging, ...lineage })
    expect(told.body).toMatchObject({
      first: 'a',
      'tessera-lineage': [
        { member: '$.first', color: 'thing.list', step: 'kept', operation: 'shop.kept', source: 'live', attempt: 1 },
      ],
    })
    expect(Object.keys(told.body as object)).toEqual(['first', 'tessera-lineage'])
    expect(told.headers.get('cache-control')).toBe('no-store')
    expect(told.headers.get('etag')).toBeNull()
    expect(asked()).toBe(2)

    for (const headers of [{}, other, debugging]) {
      const wish: Record<string, string> = headers === debugging ? { 'tessera-lineage': '0' } : lineage
      const plain = await kept({ ...headers, ...wish })
      expect(plain.body).toEqual({ first: 'a' })
      expect(plain.headers.get('cache-control')).not.toBe('no-store')
    }
    expect(asked()).toBe(2)
    expect((await kept({ ...debugging, ...lineage }, '/list')).body).toEqual(['a'])
    const parts = await ask('/stream/hi', { headers: { ...debugging, ...lineage, accept: 'text/event-stream' } })
    expect(await parts.json()).toMatchObject({ word: 'hi', 'tessera-lineage': expect.any(Array) })
  })

  test('of a step that answers sees what that was made of', async () => {
    const { ask, debugging } = await startDebugged()
    const answered = await ask('/order', {
      method: 'POST',
      body: '{"id":"user-mei","word":"stop"}',
      headers: { ...debugging, 'tessera-lineage': '1', 'content-type': 'application/json' },
    })
    expect(await answered.json()).toMatchObject({
      'tessera-lineage': [
        { member: '$.said', color: 'word', source: 'request' },
        { member: '$.by', color: 'user.id', source: 'request' },
      ],
    })
  })

  test('is recorded where it asks for that; nobody else is', async () => {
    const { ask, find, list, debugging, other, adminPort, directory: cwd } = await startDebugged()
    const record = { 'tessera-record': '1' }
    await ask('/home/one', { headers: { ...other, ...record } })
    await ask('/home/two', { headers: record })
    await ask('/home/three', { headers: debugging })
    const passed = await ask('/through/x', { headers: { ...debugging, ...record } })
    expect(passed.headers.get('cache-control')).toContain('no-store')
    const failed = await ask('/bad', { headers: { ...debugging, ...record } })
    expect([failed.status, failed.headers.get('cache-control')]).toEqual([502, 'no-store'])
    const answered = await ask('/home/four', { headers: { ...debugging, ...record } })
    expect(answered.headers.get('cache-control')).toBe('no-store')
    expect(await find('color:word=four')).toMatchObject({ why: 'asked', steps: [{}, {}, {}] })
    // Of one that was told its lineage as well, the test is that of the answer without it.
    await ask('/kept', { headers: { ...debugging, ...record, 'tessera-lineage': '1' } })
    const { id } = await find('route:kept')
    const made = await runTessera(['record', id, '--admin', `http://127.0.0.1:${adminPort}`], { cwd })
    expect([made.code, made.stderr]).toEqual([0, ''])
    expect((await list()).runs.map(({ route, why }) => [route, why])).toEqual([
      ['kept', 'asked'],
      ['home', 'asked'],
      ['bad', 'asked'],
      ['through', 'asked'],
    ])
  })

  test.each([
    ["user.id == 'mei'", /late-key|is not there yet/],
    ["claims.sub == 'mei'", /nobody .*claims|unfilled-claims/],
    ['1 + 1', /true or false/],
  ])('is said by a condition that can be told: not %s', async (condition, fault) => {
    const base = files('http://127.0.0.1:1', '{}')
    const gateway = `admin: { listen: 0, debug: ${JSON.stringify(condition)} }\n${base['gateway']}`
    await expect(startGateway({ ...base, gateway })).rejects.toThrow(fault)
  })
})

describe('`tessera record`', () => {
  async function startRecorded() {
    const running = await start()
    const { find, directory: cwd, adminPort } = running
    const admin = `http://127.0.0.1:${adminPort}`
    const recordOf = async (filter: string) => {
      const { id } = await find(filter)
      return runTessera(['record', id, '--admin', admin], { cwd })
    }
    return { ...running, recordOf, cwd }
  }

  test('makes a test that passes of what was recorded, and says what is masked in it', async () => {
    const { ask, recordOf, cwd, find } = await startRecorded()
    const json = { 'content-type': 'application/json' }
    await Promise.all([
      ask('/home/hi?user=user-mei'),
      ask('/less'),
      ask('/bad'),
      ask('/order', { method: 'POST', body: '{"id":"user-mei","word":"stop"}', headers: json }),
    ])
    const home = await recordOf('route:home')
    expect([home.code, home.stderr]).toEqual([0, ''])
    expect(home.stdout).toMatch(/^# Made of the recording [0-9a-f]{32}\.\n# Masked, as it was recorded:\n/)
    expect(home.stdout).toContain('#   the request user.id\n')
    expect(home.stdout).toContain('#   the answer who\n')
    expect(home.stdout).not.toMatch(/user-mei|Name-Mei|Owner-Ann/)
    for (const name of ['home', 'less', 'bad', 'order']) {
      const made = await recordOf(`route:${name}`)
      expect([name, made.stderr]).toEqual([name, ''])
      writeFileSync(join(cwd, `routes/${name}.test.yaml`), made.stdout)
    }
    const tested = await runTessera(['test', '--format', 'json'], { cwd })
    expect([tested.code, tested.stderr]).toEqual([0, ''])

    // It is a test of something: another backend's answer fails it.
    const { id } = await find('route:less')
    expect(id).toMatch(/^[0-9a-f]{32}$/)
    writeFileSync(
      join(cwd, 'routes/less.yaml'),
      'match: GET /less\ndo: [ { invoke: shop.bad } ]\nresponse: { body: $.title }\n',
    )
    expect((await runTessera(['test', 'less'], { cwd })).code).toBe(1)
  })

  test('refuses what would not pass, and what is no recording', async () => {
    const { ask, recordOf, cwd, find } = await startRecorded()
    await ask('/home/hi?user=user-mei')
    await ask('/through/x')
    expect(await recordOf('route:through')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('`through` is no aggregated route'),
    })
    const run = await find('route:home')
    const other = { ...run, response: { ...run.response, body: { title: 'other' } } }
    writeFileSync(join(cwd, 'other.json'), JSON.stringify(other))
    const refused = await runTessera(['record', 'other.json'], { cwd })
    expect([refused.code, refused.stdout]).toEqual([1, ''])
    expect(refused.stderr).toMatch(/a test of it would not pass: .*\n.*masked values: the request user\.id/)
    writeFileSync(join(cwd, 'none.json'), '{}')
    const none = await runTessera(['record', 'none.json'], { cwd })
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('none.json is no recording')])
  })
})
