import { beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { afterFile } from '../support/cleanup.ts'
import { type Conversation, converse } from '../support/conversation.ts'
import { startFastDemo } from '../support/fast-demo.ts'
import { ask, groups, plain, targets } from '../support/hostile-requests.ts'
import { ownFailures, type Served, startServe } from '../support/served.ts'
import { pause } from '../support/waiting.ts'

let gateway: Served

beforeAll(async () => {
  const demo = await startFastDemo()
  afterFile(() => demo.stop())
  gateway = await startServe({ env: { ...demo.env } })
})

describe.each(groups)('%s', (_, variants) => {
  test.each(targets.map((target) => [`${target.method} ${target.path}`, target] as const))(
    'at %s',
    async (_title, target) => {
      const faults = await inParallel(variants, async ([what, write]) => {
        const fault = await judge(write(target), /^HEAD/.test(write(target).subarray(0, 4).toString()))
        return fault && `${what}: ${fault}`
      })
      expect(faults.filter(Boolean)).toEqual([])
    },
  )
})

test.each([
  '..',
  '.',
  '../users',
  '..%2fusers',
  '..%2Fusers',
  '%2e%2e/users',
  '.%2e/users',
  '%252e%252e%252fusers',
  '%25252e%25252e/users',
  '..%5cusers',
  '..\\users',
  '..;/users',
  'a/../../users',
  'a/%2e%2e%2f%2e%2e%2fusers',
])('a path that climbs (%s) is refused everywhere', async (climb) => {
  for (const prefix of ['/catalog/', '/mobile/products/', '/catalog/products/']) {
    const { replies } = await converse(gateway.port, ask(plain(prefix + climb)))
    const [reply] = replies
    expect([reply?.status, JSON.parse(String(reply?.body)).code]).toEqual([400, 'bad-request'])
  }
})

test('what fast-check thinks of', async () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 60 })
  const token = fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'FOO')
  const path = fc.oneof(
    fc.constantFrom(...targets.map((target) => target.path)),
    fc.webPath().map((text) => text || '/'),
    fc
      .tuple(fc.constantFrom('/mobile/home?', '/mobile/search?q=', '/mobile/products/', '/catalog/'), anyText)
      .map(([prefix, text]) => prefix + encodeURI(text.toWellFormed())),
  )
  const header = fc.tuple(fc.constantFrom('X-Session-Token', 'Cookie', 'traceparent', 'baggage', 'X-A'), anyText)
  const wellFormed = fc
    .record({ method: token, path, headers: fc.array(header, { maxLength: 5 }), body: fc.oneof(anyText, fc.json()) })
    .map(({ method, path, headers, body }) =>
      ask({ method, path, headers: headers.map(([name, text]) => `${name}: ${printable(text)}`), body }),
    )
  const spoilt = fc
    .record({
      target: fc.constantFrom(...targets),
      spots: fc.array(fc.tuple(fc.nat(400), fc.uint8Array({ maxLength: 4 })), { minLength: 1, maxLength: 4 }),
    })
    .map(({ target, spots }) => {
      let bytes = ask(target)
      for (const [at, noise] of spots) {
        const from = at % bytes.length
        bytes = Buffer.concat([bytes.subarray(0, from), noise, bytes.subarray(from + noise.length)])
      }
      return bytes
    })

  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(wellFormed, spoilt), { minLength: 20, maxLength: 20 }), async (requests) => {
      const faults = await inParallel(requests, (bytes) => judge(bytes, bytes.subarray(0, 4).toString() === 'HEAD'))
      expect(faults.filter(Boolean)).toEqual([])
    }),
    { numRuns: 15, endOnFailure: true },
  )
})

test('the process that was asked all this is the one that began, and answers', async () => {
  expect(gateway.isRunning()).toBe(true)
  expect((await fetch(`${gateway.url}/mobile/home`)).status).toBe(200)
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect(ownFailures(gateway)).toEqual([])
  expect(gateway.output()).not.toMatch(/Warning|UnhandledPromise/)
  expect(await gateway.stop()).toBe(0)
})

/** What the client asked for and cannot have (RFC 9110 sections 15.6.2 and 15.6.6). */
const allowedServerErrors = [501, 505]

/** Longer than a breaker of the demo stays open. */
const restMs = 5500

/** What is wrong with how the gateway took some bytes; undefined when all is well. */
async function judge(bytes: Buffer, isHead: boolean): Promise<string | undefined> {
  for (let tries = 3; ; tries -= 1) {
    let conversation: Conversation
    try {
      conversation = await converse(gateway.port, bytes, isHead)
    } catch (error) {
      return (error as Error).message
    }
    if (!gateway.isRunning()) return 'the gateway has ended'
    const fault = findFault(conversation, isHead)
    // On a machine that is busy elsewhere a backend may be late, or even have a rest; a query of death is one every time.
    if (fault === undefined || !fault.isTiming || tries === 1) return fault?.text
    await pause(restMs)
  }
}

function findFault({ replies, rest, end }: Conversation, isHead: boolean) {
  if (end === 'hung') return { text: 'it hangs', isTiming: false }
  if (end === 'closed' && rest.length > 0)
    return { text: `cut: ${rest.toString('latin1').slice(0, 200)}`, isTiming: false }
  for (const { status, headers, body } of replies) {
    const text = body.toString()
    if (status >= 500 && !allowedServerErrors.includes(status)) {
      return { text: `${status} ${text}`, isTiming: [502, 503, 504].includes(status) }
    }
    // What the catalog says to a request that was passed on is its own.
    if (status < 400 || isHead || headers['content-type']?.startsWith('application/json')) continue
    if (!headers['content-type']?.startsWith('application/problem+json')) {
      return { text: `${status} as ${headers['content-type']}: ${text}`, isTiming: false }
    }
    const problem = JSON.parse(text)
    if (problem.status !== status || typeof problem.code !== 'string' || typeof problem.title !== 'string') {
      return { text: `no problem document: ${text}`, isTiming: false }
    }
  }
  return undefined
}

const atOnce = 12

async function inParallel<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const work = async () => {
    while (next < items.length) {
      const at = next++
      results[at] = await run(items[at]!)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}

/** Without what would end the header. */
function printable(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replaceAll(/[\r\n\0]/g, '')
}
