import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { importConductor } from '../../src/interchange/conductor/import.ts'
import { type Draft, emptyProject, ImportRefused } from '../../src/interchange/draft.ts'
import { parseData } from '../../src/yaml/parse-data.ts'
import { faultsOf, serve } from '../support/served-draft.ts'
import { type Stub, startStub } from '../support/stub.ts'

type Json = Record<string, unknown>

/** A workflow as our route, which must load. */
function convert(workflow: Json): Draft {
  const draft = importConductor({ name: 'w', ...workflow }, emptyProject)
  expect(faultsOf(draft)).toEqual([])
  return draft
}

/** What a route says below one of its keys. */
const part = (draft: Draft, key: string) => {
  const lines = draft.routes[0]!.text.split('\n')
  const from = lines.findIndex((line) => line.startsWith(`${key}:`))
  const to = lines.findIndex((line, index) => index > from && line === '')
  return lines.slice(from + 1, to).join('\n')
}

const http = (name: string, request: Json = {}, keys: Json = {}) => ({
  name,
  taskReferenceName: name,
  type: 'HTTP',
  inputParameters: { http_request: { uri: `http://${name}/`, method: 'GET', ...request } },
  ...keys,
})

/** Runs a workflow against one stub that stands for every host; `uri`s name it by `{stub}`. */
async function run(
  tasks: readonly unknown[],
  input: unknown,
  answer: Parameters<typeof startStub>[0],
  keys: Json = {},
) {
  const stub = await startStub(answer)
  const text = JSON.stringify({ tasks, ...keys }).replaceAll('{stub}', stub.url)
  const draft = convert(JSON.parse(text))
  const ask = await serve(draft)
  const reply = await ask('/w', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  })
  return { ...reply, stub, draft, asked: stub.requests.map(({ method, url }) => `${method} ${url}`) }
}

describe('the order-processing workflow', () => {
  const source = `
name: order_processing
tasks:
  - name: create_order
    taskType: HTTP
    inputParameters: { url: http://order-service/orders, method: POST, body: "\${workflow.input.order}" }
  - name: pay_order
    taskType: HTTP
    inputParameters: { url: http://payment-service/payments, method: POST, body: "\${workflow.input.payment}" }
    dependsOn: [create_order]
  - name: ship_order
    taskType: HTTP
    inputParameters: { url: http://shipping-service/shipments, method: POST, body: "\${workflow.input.shipment}" }
    dependsOn: [pay_order]
`
  const input = { order: { items: ['p1'] }, payment: { cents: 100 }, shipment: { to: 'home' } }

  async function start(payment: () => { status?: number; body?: unknown }) {
    const log: string[] = []
    const backend = (name: string, answer: () => object) =>
      startStub(({ method, url, body }) => {
        log.push(`${name} ${method} ${url} ${body}`)
        return answer()
      })
    const stubs: Record<string, Stub> = {
      'order-service': await backend('order', () => ({ status: 201, body: { id: 'o1' } })),
      'payment-service': await backend('payment', payment),
      'shipping-service': await backend('shipping', () => ({ body: { id: 's1' } })),
    }
    const text = source.replaceAll(/http:\/\/([\w-]+)/g, (_, host: string) => stubs[host]!.url)
    const ask = await serve(importConductor(parseData(text), emptyProject))
    const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(input) }
    return { log, answer: await ask('/order_processing', options) }
  }

  test('is a sequence of three calls of three services', () => {
    const draft = importConductor(parseData(source), emptyProject)
    expect(faultsOf(draft)).toEqual([])
    expect(draft.notes).toEqual([])
    expect(draft.services.map(({ name }) => name)).toEqual(['order-service', 'payment-service', 'shipping-service'])
    expect(draft.routes[0]!.text).toContain(`match: POST /order_processing
timeout: 30s

do:
  - id: create_order
    invoke: { service: order-service, post: /orders, body: $.request.body.order }
  - id: pay_order
    invoke: { service: payment-service, post: /payments, body: $.request.body.payment }
  - id: ship_order
    invoke: { service: shipping-service, post: /shipments, body: $.request.body.shipment }
`)
  })

  test('runs against three backends', async () => {
    const { log, answer } = await start(() => ({ body: { paid: true } }))
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 200,
      body: { create_order: { id: 'o1' }, pay_order: { paid: true }, ship_order: { id: 's1' } },
    })
    expect(log).toEqual([
      'order POST /orders {"items":["p1"]}',
      'payment POST /payments {"cents":100}',
      'shipping POST /shipments {"to":"home"}',
    ])
  })

  test('stops before shipping when the payment fails', async () => {
    const { log, answer } = await start(() => ({ status: 402, body: { declined: true } }))
    expect(answer.status).toBe(502)
    expect(answer.body).toMatchObject({ code: 'http-402', step: 'pay_order' })
    expect(log).toHaveLength(2)
  })
})

describe('dependsOn', () => {
  const task = (name: string, dependsOn: string[] = [], body?: string) => ({
    name,
    taskType: 'HTTP',
    dependsOn,
    inputParameters: { url: `http://${name}/`, method: 'POST', ...(body && { body }) },
  })
  const order = (...tasks: Json[]) =>
    part(convert({ tasks }), 'do').replaceAll(/invoke: \{ service: \w+, post: \/(, body: .*?)? \}/g, 'invoke')

  test('nothing: all at once', () => {
    expect(order(task('a'), task('b'))).toBe('  - parallel:\n      - { id: a, invoke }\n      - { id: b, invoke }')
  })

  test('in layers: one layer after the other, whatever the order of the file', () => {
    expect(order(task('d', ['b', 'c']), task('b', ['a']), task('c', ['a']), task('a'))).toBe(
      '  - { id: a, invoke }\n  - parallel:\n      - { id: b, invoke }\n      - { id: c, invoke }\n  - { id: d, invoke }',
    )
  })

  test('of some of what stands before: a flow, whose steps wait for what they read or name', () => {
    expect(order(task('a'), task('b'), task('c', ['a']), task('d', ['a', 'b'], '${b.output.x}'))).toBe(
      [
        '  - flow:',
        '      - { id: a, invoke }',
        '      - { id: b, invoke }',
        '      - { id: c, invoke, when: has(steps.a) }',
        '      - { id: d, invoke, when: has(steps.a) }',
      ].join('\n'),
    )
  })

  test('a value that is read is waited for too', () => {
    expect(order(task('b', [], '${a.output.id}'), task('a'))).toBe('  - { id: a, invoke }\n  - { id: b, invoke }')
  })

  test('a flow waits: nothing starts before what it depends on has answered', async () => {
    const url = (path: string) => ({ url: `{stub}${path}` })
    const tasks = [
      { name: 'slow', taskType: 'HTTP', inputParameters: url('/slow') },
      { name: 'other', taskType: 'HTTP', inputParameters: url('/other') },
      { name: 'after', taskType: 'HTTP', dependsOn: ['slow'], inputParameters: url('/after') },
      {
        name: 'last',
        taskType: 'HTTP',
        dependsOn: ['other', 'slow'],
        inputParameters: url('/last?x=${other.output.n}'),
      },
    ]
    const { asked, body } = await run(tasks, {}, ({ url: path }) => ({
      body: { n: 1, path },
      ...(path === '/slow' && { delayMs: 60 }),
    }))
    expect(asked.slice(0, 2).sort()).toEqual(['GET /other', 'GET /slow'])
    expect(asked.slice(2).sort()).toEqual(['GET /after', 'GET /last?x=1'])
    expect(Object.keys(body as Json)).toEqual(['slow', 'other', 'after', 'last'])
  })

  test('each other is refused', () => {
    expect(() => convert({ tasks: [task('a', ['b']), task('b', ['a'])] })).toThrow(ImportRefused)
  })

  test('of nobody is told', () => {
    expect(convert({ tasks: [task('a', ['nobody'])] }).notes).toEqual([
      { at: '$.tasks[0].dependsOn', message: 'there is no task `nobody`' },
    ])
  })
})

describe('expressions', () => {
  test('become the places where our calls leave things: input, outputs, variables, and text of them', async () => {
    const tasks = [
      http('first', {
        uri: '{stub}/users/${workflow.input.id}/x?q=${workflow.input.q}&fixed=1&both=a-${workflow.input.id}',
        headers: { 'X-Key': 'k-${workflow.input.key}', Host: 'no' },
      }),
      {
        type: 'SET_VARIABLE',
        taskReferenceName: 'set',
        inputParameters: {
          total: '${first.output.response.body.items[1].n}',
          all: { list: ['${first.output.response.statusCode}', '$${no}'] },
        },
      },
      http('second', {
        uri: '{stub}/second',
        method: 'POST',
        body: {
          a: '${workflow.variables.total}',
          b: 'n=${first.output.response.body.items[0].n}',
          c: '${workflow.variables.all}',
          $d: 'costs $5',
          e: '${first.output.response.headers.X-Own}',
          f: '${first.output.response.body.items[*].n}',
          g: '${first.output.response}',
        },
      }),
    ]
    const { stub, status, body } = await run(
      tasks,
      { id: 'a b', q: 'x&y', key: 7 },
      ({ url }) => ({
        headers: { 'x-own': 'v' },
        body: url === '/second' ? { ok: true } : { items: [{ n: 1 }, { n: 2 }] },
      }),
      {
        outputParameters: { done: '${second.output.response.body.ok}', text: 'id ${workflow.input.id}!' },
      },
    )
    expect({ status, body }).toEqual({ status: 200, body: { done: true, text: 'id a b!' } })
    expect(stub.requests[0]!.url).toBe('/users/a%20b/x?fixed=1&q=x%26y&both=a-a%20b')
    expect(stub.requests[0]!.headers).toMatchObject({ 'x-key': 'k-7' })
    expect(JSON.parse(stub.requests[1]!.body)).toEqual({
      a: 2,
      b: 'n=1',
      c: { list: [200, '${no}'] },
      $d: 'costs $5',
      e: 'v',
      f: [1, 2],
      g: { statusCode: 200, body: { items: [{ n: 1 }, { n: 2 }] } },
    })
  })

  test.each([
    ['${workflow.secrets.key}', 'a route knows no `workflow.secrets`'],
    ['${nobody.output.x}', 'there is no task `nobody`'],
    ['${later.output.x}', '`later` has not run yet'],
    ['${workflow.variables.x}', 'nothing before it sets `x`'],
    ['${script.output.result}', 'a INLINE has no output here'],
    ['${script.input.x}', 'of a task only its `output` is known'],
  ])('%s is null, and said to be', (expression, reason) => {
    const tasks = [
      { type: 'INLINE', taskReferenceName: 'script', inputParameters: {} },
      http('call', { method: 'POST', body: { x: expression, y: `in ${expression} text` } }),
      http('later'),
    ]
    const draft = convert({ tasks })
    expect(draft.notes).toContainEqual({
      at: '$.tasks[1].inputParameters.http_request.body.x',
      message: `\`${expression}\` is null: ${reason}`,
    })
    expect(draft.routes[0]!.text).toContain('body: { x: null, y: in  text }')
  })
})

describe('tasks', () => {
  test('of a fork run at the same time, and what follows the join reads all of them', async () => {
    const tasks = [
      {
        type: 'FORK_JOIN',
        taskReferenceName: 'fork',
        forkTasks: [
          [http('a', { uri: '{stub}/a' }), http('a2', { uri: '{stub}/a2/${a.output.response.body.path}' })],
          [http('b', { uri: '{stub}/b' })],
        ],
      },
      { type: 'JOIN', taskReferenceName: 'join', joinOn: ['a2', 'b'] },
      http('end', {
        uri: '{stub}/end',
        method: 'POST',
        body: ['${a2.output.response.body.path}', '${join.output.b.response.body.path}'],
      }),
    ]
    const { asked, stub, draft } = await run(tasks, {}, ({ url }) => ({
      body: { path: url.slice(1) },
      ...(url === '/a' && { delayMs: 50 }),
    }))
    expect(asked.slice(2)).toEqual(['GET /a2/a', 'POST /end'])
    expect(stub.requests[3]!.body).toBe('["a2/a","b"]')
    expect(part(draft, 'do')).toMatch(/^ {2}- parallel:\n {6}- sequence:\n/)
  })

  const choose = (keys: Json) => [
    {
      taskReferenceName: 'choose',
      ...keys,
      decisionCases: {
        US: [http('us', { uri: '{stub}/us' })],
        '7': [http('seven', { uri: '{stub}/seven' })],
        skip: [],
      },
      defaultCase: [http('other', { uri: '{stub}/other' })],
    },
  ]

  test.each([
    [
      'SWITCH',
      {
        type: 'SWITCH',
        evaluatorType: 'value-param',
        expression: 'where',
        inputParameters: { where: '${workflow.input.country}' },
      },
    ],
    [
      'SWITCH by a trivial script',
      {
        type: 'SWITCH',
        evaluatorType: 'graaljs',
        expression: '$.where',
        inputParameters: { where: '${workflow.input.country}' },
      },
    ],
    [
      'DECISION',
      { type: 'DECISION', caseValueParam: 'where', inputParameters: { where: '${workflow.input.country}' } },
    ],
  ])('%s takes the case of its value, as text, else the default', async (_, keys) => {
    const asked = async (country: unknown) => (await run(choose(keys), { country }, () => ({ body: {} }))).asked
    expect(await asked('US')).toEqual(['GET /us'])
    expect(await asked(7)).toEqual(['GET /seven'])
    expect(await asked('skip')).toEqual([])
    expect(await asked('DE')).toEqual(['GET /other'])
    expect(await asked(undefined)).toEqual(['GET /other'])
  })

  test('TERMINATE ends the workflow, with its output or its reason', async () => {
    const end = (terminationStatus: string, keys: Json) => [
      { type: 'TERMINATE', taskReferenceName: 'end', inputParameters: { terminationStatus, ...keys } },
      http('never', { uri: '{stub}/never' }),
    ]
    const ask = async (...tasks: unknown[]) => {
      const { status, body, asked } = await run(tasks, { x: 1 }, () => ({ body: {} }))
      return { status, body, asked }
    }
    expect(await ask(...end('COMPLETED', { workflowOutput: { x: '${workflow.input.x}' } }))).toEqual({
      status: 200,
      body: { x: 1 },
      asked: [],
    })
    expect(await ask(...end('FAILED', { workflowOutput: { x: 2 } }))).toEqual({
      status: 500,
      body: { x: 2 },
      asked: [],
    })
    expect(await ask(...end('FAILED', { terminationReason: 'no ${workflow.input.x}' }))).toMatchObject({
      status: 500,
      body: { code: 'terminated', title: 'no 1' },
    })
  })

  test('inside a SWITCH, TERMINATE ends only that way', async () => {
    const tasks = [
      {
        type: 'SWITCH',
        taskReferenceName: 's',
        evaluatorType: 'value-param',
        expression: 'v',
        inputParameters: { v: '${workflow.input.v}' },
        decisionCases: {
          stop: [
            {
              type: 'TERMINATE',
              taskReferenceName: 't',
              inputParameters: { terminationStatus: 'COMPLETED', workflowOutput: 'stopped' },
            },
          ],
        },
      },
      http('go', { uri: '{stub}/go' }),
    ]
    expect((await run(tasks, { v: 'stop' }, () => ({ body: {} }))).body).toBe('stopped')
    expect((await run(tasks, { v: 'go' }, () => ({ body: { a: 1 } }))).body).toEqual({
      response: { statusCode: 200, body: { a: 1 } },
    })
  })

  test('that are optional may fail', async () => {
    const tasks = [http('may', { uri: '{stub}/may' }, { optional: true }), http('must', { uri: '{stub}/must' })]
    const { status, headers } = await run(tasks, {}, ({ url }) => ({ status: url === '/may' ? 500 : 200, body: {} }))
    expect(status).toBe(200)
    expect(headers.get('tessera-degraded')).toBe('may;source=skipped;error=http-500')
  })

  test('are retried and timed as they say, as far as that is safe', () => {
    const definition = { taskDefinition: { retryCount: 2, retryDelaySeconds: 1 } }
    const draft = convert({
      timeoutSeconds: 5,
      tasks: [
        http('a', { readTimeOut: 1500 }, definition),
        http('b', { method: 'POST', readTimeOut: '9000' }, definition),
      ],
    })
    const text = part(draft, 'do')
    expect(text).toContain(
      'timeout: 1500ms\n    retry: { attempts: 3, delay: 1s, backoff: constant, jitter: false, on: [all] }',
    )
    expect(text).toContain('timeout: 5s')
    expect(text.match(/retry:/g)).toHaveLength(1)
    expect(draft.notes.map(({ at }) => at)).toEqual(['$.tasks[1].retryCount'])
  })

  test.each(['INLINE', 'SIMPLE', 'SUB_WORKFLOW', 'DO_WHILE', 'WAIT', 'JSON_JQ_TRANSFORM', 'FORK_JOIN_DYNAMIC'])(
    '%s has no counterpart: the route fails where it would run',
    async (type) => {
      const tasks = [
        http('before', { uri: '{stub}/before' }),
        { type, taskReferenceName: 't' },
        http('after', { uri: '{stub}/after' }),
      ]
      const { status, body, asked, draft } = await run(tasks, {}, () => ({ body: {} }))
      expect({ status, asked }).toEqual({ status: 501, asked: ['GET /before'] })
      expect(body).toMatchObject({ code: 'not-imported' })
      expect(draft.routes[0]!.text).toContain(`#   $.tasks[1]: not imported: a ${type} has no counterpart`)
    },
  )

  test.each([
    [{ uri: undefined }, 'it has no `uri`'],
    [{ uri: 'http://${workflow.input.host}/x' }, 'the host of its `uri` is not fixed'],
    [{ uri: 'http://a.${workflow.input.host}/x' }, 'the host of its `uri` is not fixed'],
    [{ uri: '${workflow.input.url}' }, 'the host of its `uri` is not fixed'],
    [{ uri: 'http://u:p@a/x' }, 'the host of its `uri` is not fixed'],
    [
      { uri: 'http://a/?${workflow.input.q}' },
      'its `uri` has a parameter that cannot be named here: `${workflow.input.q}`',
    ],
    [{ method: 'TRACE' }, 'TRACE cannot be sent'],
  ])('HTTP with %j is not imported', (request, reason) => {
    expect(convert({ tasks: [http('a', request)] }).notes[0]!.message).toContain(reason)
  })
})

describe('documents', () => {
  test('may hold several workflows; hosts become services once', () => {
    const draft = importConductor(
      [
        { name: 'a b', tasks: [http('x', { uri: 'http://X/1' })] },
        { name: 'a b', tasks: [http('x', { uri: 'http://x/2' })] },
      ],
      emptyProject,
    )
    expect(faultsOf(draft)).toEqual([])
    expect(draft.routes.map(({ name }) => name)).toEqual(['a-b', 'a-b-2'])
    expect(draft.services).toHaveLength(1)
  })

  test.each([[null], [[]], [{}], [{ tasks: {} }], ['x'], [[null]]])('%j is refused', (document) => {
    expect(() => importConductor(document, emptyProject)).toThrow(ImportRefused)
  })
})

test('whatever tasks a workflow has, what comes of it loads', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'a-b', '1st', 'true', '__proto__', 'constructor')
  const text = fc.oneof(
    fc.string({ maxLength: 6, unit: 'grapheme' }),
    names.map((name) => `\${${name}.output.response.body.x}`),
    names.map((name) => `x \${workflow.variables.${name}} y`),
    fc.constantFrom(
      '${workflow.input.a-b}',
      '${workflow.input["it\'s"].x[0]}',
      '${}',
      '${a',
      '$${b}',
      '${env.A}',
      '$.x',
      '${a.output.response.headers.X}',
      '${j.output.a.response.body}',
    ),
  )
  const value = fc.oneof(
    text,
    fc.dictionary(fc.oneof(names, text), text, { maxKeys: 2 }),
    fc.array(text, { maxLength: 2 }),
    fc.constant(null),
  )
  const { task } = fc.letrec((tie) => ({
    task: fc.oneof(
      { maxDepth: 2 },
      fc.record({
        taskReferenceName: names,
        type: fc.constant('HTTP'),
        dependsOn: fc.constant(undefined),
        optional: fc.boolean(),
        inputParameters: fc.record({
          uri: fc.oneof(
            text.map((one) => `http://h/${one}`),
            text,
          ),
          method: fc.constantFrom('GET', 'POST', 'put'),
          body: value,
          headers: fc.dictionary(names, text, { maxKeys: 2 }),
        }),
      }),
      fc.record({
        taskReferenceName: names,
        type: fc.constant('SET_VARIABLE'),
        inputParameters: fc.dictionary(names, value, { maxKeys: 2 }),
      }),
      fc.record({
        taskReferenceName: names,
        type: fc.constantFrom('INLINE', 'JOIN', 'TERMINATE'),
        inputParameters: fc.record({
          terminationStatus: fc.constantFrom('COMPLETED', 'FAILED'),
          workflowOutput: value,
        }),
      }),
      fc.record({
        taskReferenceName: names,
        type: fc.constant('FORK_JOIN'),
        forkTasks: fc.array(fc.array(tie('task'), { maxLength: 2 }), { maxLength: 3 }),
      }),
      fc.record({
        taskReferenceName: names,
        type: fc.constant('SWITCH'),
        expression: fc.constant('v'),
        inputParameters: fc.record({ v: text }),
        decisionCases: fc.dictionary(text, fc.array(tie('task'), { maxLength: 2 }), { maxKeys: 2 }),
        defaultCase: fc.array(tie('task'), { maxLength: 1 }),
      }),
    ),
  }))
  fc.assert(
    fc.property(fc.array(task, { maxLength: 4 }), value, (tasks, output) => {
      const draft = importConductor({ name: 'w', tasks, outputParameters: { output } }, emptyProject)
      // A switch may have ended in every way: what follows is unreachable then, which is only a warning.
      expect(faultsOf(draft).filter((fault) => !fault.startsWith('unreachable-step'))).toEqual([])
    }),
    { numRuns: 150 },
  )
})
