import { describe, expect, test } from '@jest/globals'
import {
  type BalancerDefinition,
  type Candidate,
  defineBalancer,
  defineDiscovery,
  defineFunction,
  defineStep,
  z,
} from '../../src/index.ts'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { wordRoute } from '../support/words.ts'

const shout = defineFunction({
  name: 'shout',
  takes: ['string'],
  gives: 'string',
  summary: 'A text in capitals.',
  example: "shout('a')",
  call: (text: string) => text.toUpperCase(),
})
const loud = { 'routes/loud': 'match: GET /loud\nresponse: { body: { loud: "${ shout(request.method) }" } }' }

const lines = (all: readonly string[]) => all.map((line) => JSON.parse(line))

async function startWord(word: string) {
  const server = await opened(
    startHttpServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ word }))
    }),
  )
  return server
}

const service = (keys: string) => `
service: words
${keys}
operations:
  word: { get: /word, out: { word: $.word } }
`
const through = { 'routes/through': 'match: GET /through/*rest\nproxy: words' }

function balancer(pick: ReturnType<BalancerDefinition['create']>['pick'], update = () => {}): BalancerDefinition {
  return { ...defineBalancer({ name: 'mine', summary: 'Of a test', create: () => ({ update, pick: pick as never }) }) }
}

describe('extensions given to createGateway', () => {
  test('are used, and of that gateway alone', async () => {
    const { port } = await startGateway(loud, { extensions: [shout] })
    expect(await (await fetch(`http://127.0.0.1:${port}/loud`)).json()).toEqual({ loud: 'GET' })
    await expect(startGateway(loud)).rejects.toThrow(/there is no function `shout`/)
  })

  test('that clash are told of at the gateway’s file', async () => {
    await expect(startGateway(loud, { extensions: [shout, { ...shout }] })).rejects.toThrow(
      /gateway.yaml:1: duplicate-name: the function `shout` takes a name that the function `shout` of createGateway has/,
    )
  })

  test('fail a request and no more: the answer has a code, the log the name and the cause', async () => {
    const bad = defineStep({
      kind: 'explode',
      category: 'activity',
      summary: 'Of a test.',
      example: '',
      shape: z.strictObject({ explode: z.null() }),
      bind: () => ({
        compile: () => () => {
          throw new TypeError('the s3cret cause')
        },
      }),
    })
    const files = { ...loud, 'routes/bad': 'match: GET /bad\ndo: [ { explode: } ]\nresponse: { body: 1 }' }
    const { port, lines: told } = await startGateway(files, { extensions: [shout, bad] })
    const answer = await fetch(`http://127.0.0.1:${port}/bad`)
    const problem = await answer.text()
    expect([answer.status, JSON.parse(problem).code]).toEqual([500, 'extension-failed'])
    expect(problem).not.toContain('s3cret')
    await until(() => told.length > 0)
    expect(lines(told).find(({ msg }) => msg === 'an extension failed')).toMatchObject({
      route: 'bad',
      reason: 'the step kind `explode` of createGateway failed: the s3cret cause',
      err: { message: 'the s3cret cause' },
    })
    expect((await fetch(`http://127.0.0.1:${port}/loud`)).status).toBe(200)
  })
})

describe('a balancer of an extension', () => {
  test('chooses, for calls and for what is passed through', async () => {
    const [first, second] = [await startWord('one'), await startWord('two')]
    const nodes: Candidate[] = []
    const last = balancer(() => nodes.at(-1)!, ((candidates: readonly { node: Candidate }[]) => {
      nodes.splice(0, nodes.length, ...candidates.map(({ node }) => node))
    }) as never)
    const files = {
      ...through,
      'routes/word': wordRoute,
      'services/words': service(`endpoints: ['${first.url}', '${second.url}']\nbalance: mine`),
    }
    const { port } = await startGateway(files, { extensions: [defineBalancer(last)] })
    const words = async (path: string) =>
      Promise.all(
        [1, 2, 3].map(
          async () => ((await (await fetch(`http://127.0.0.1:${port}${path}`)).json()) as { word: string }).word,
        ),
      )
    expect(await words('/word')).toEqual(['two', 'two', 'two'])
    expect(await words('/through/x')).toEqual(['two', 'two', 'two'])
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('boom')
      },
      () => {},
    ],
    ['chooses what is no candidate', () => ({ id: 'x' }), () => {}],
    [
      'throws as it hears of candidates',
      () => undefined,
      () => {
        throw new Error('boom')
      },
    ],
  ])('that %s fails what asks it, and blames no backend', async (_, pick, update) => {
    const urls = [await startWord('one'), await startWord('two')].map(({ url }) => `'${url}'`)
    const files = {
      ...through,
      'routes/word': wordRoute,
      'services/words': service(
        `endpoints: [${urls.join(', ')}]\nbalance: mine\nretry: { attempts: 2, delay: 1ms, on: [all] }\nbulkhead: { concurrent: 1 }`,
      ),
    }
    const { port, lines: told } = await startGateway(files, {
      extensions: [defineBalancer(balancer(pick as never, update))],
    })
    // More than the bulkhead holds: each gives its place back.
    for (const path of ['/word', '/word', '/through/x', '/through/x']) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`)
      expect([path, answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
        path,
        500,
        'extension-failed',
      ])
    }
    await until(() => lines(told).filter(({ msg }) => msg === 'an extension failed').length === 4)
    expect(lines(told).find(({ reason }) => reason)?.reason).toMatch(/^the balancer `mine` of createGateway failed: /)
  })
})

describe('a discovery of an extension', () => {
  const found = (follow: Parameters<typeof defineDiscovery<string[]>>[0]['follow']) =>
    defineDiscovery({
      name: 'told',
      summary: 'Of a test',
      shape: z.array(z.string()),
      describe: () => 'the test',
      follow,
    })
  const files = (url: string) => ({
    'routes/word': wordRoute,
    'services/words': service(`discover: { told: ['${url}'] }`),
  })

  test('finds endpoints by its settings', async () => {
    const { url } = await startWord('found')
    const extension = found(async (urls, search) => {
      search.found(urls.map((url) => ({ url, weight: 1, zone: undefined })))
      await search.pause(60_000)
    })
    const { port } = await startGateway(files(url), { extensions: [extension] })
    expect(await (await fetch(`http://127.0.0.1:${port}/word`)).json()).toEqual({ word: 'found' })
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('boom')
      },
      'boom',
    ],
    [
      'finds what is no endpoint',
      (_: unknown, search: { found(list: unknown): void }) => search.found([{ url: 'x' }]),
      'it found what is no endpoint',
    ],
  ])('that %s is told of by its name', async (_, follow, why) => {
    const { port, lines: told } = await startGateway(files('http://127.0.0.1:9'), {
      extensions: [found(follow as never)],
    })
    const answer = await fetch(`http://127.0.0.1:${port}/word`)
    expect(answer.status).toBe(502)
    await until(() => told.some((line) => line.includes('the discovery `told` of createGateway failed')))
    expect(told.join('\n')).toContain(why)
  })
})
