import { expect, test } from '@jest/globals'
import { describeRouteAdmission } from '../../src/describe/admission.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { bearer, startGuarded } from '../support/guarded.ts'
import { startIssuer } from '../support/issuer.ts'

const rates = '{ of: claims.plan, gold: 3/m, silver: 2/m, default: 1/m }'

async function start(limit = `{ rate: ${rates}, by: auth.subject }`, keys = '') {
  const clock = new FakeClock()
  const issuer = await startIssuer(clock)
  const running = await startGuarded(
    issuer,
    { 'routes/mine': `match: GET /mine\nlimit: ${limit}\n${keys}\nresponse: { body: mine }` },
    { clock },
  )
  const tokens = new Map<string, Promise<string>>()
  const ask = async (sub: string, plan: unknown) => {
    const key = JSON.stringify([sub, plan])
    if (!tokens.has(key)) tokens.set(key, issuer.sign({ sub, plan, exp: Math.floor(clock.epoch() / 1000) + 3600 }))
    return running.ask('/mine', bearer(await tokens.get(key)!))
  }
  const statuses = async (sub: string, plan: unknown, count: number) => {
    const found: number[] = []
    for (let at = 0; at < count; at++) found.push((await ask(sub, plan)).status)
    return found
  }
  return { ...running, clock, askAs: ask, statuses }
}

test('who asks comes as often as his plan says, and each for himself', async () => {
  const { statuses, clock } = await start()
  // A bucket holds what flows back in a second: one.
  expect(await statuses('a', 'gold', 2)).toEqual([200, 429])
  expect(await statuses('b', 'gold', 1)).toEqual([200])
  expect(await statuses('c', 'silver', 2)).toEqual([200, 429])
  expect(await statuses('d', 'lead', 2)).toEqual([200, 429])
  clock.skip(20_000)
  expect(await statuses('a', 'gold', 1)).toEqual([200])
  expect(await statuses('c', 'silver', 1)).toEqual([429])
  clock.skip(10_000)
  expect(await statuses('c', 'silver', 1)).toEqual([200])
  expect(await statuses('d', 'lead', 1)).toEqual([429])
})

test.each([[undefined], [''], [7], [['gold']], ['__proto__'], ['of'], ['default'], ['constructor'], ['Gold']])(
  'a plan that is none (%j) has the rate of everybody',
  async (plan) => {
    const { askAs } = await start()
    const { status, headers } = await askAs('a', plan)
    expect([status, headers.get('ratelimit-policy')]).toEqual([200, '"mine";q=1;w=60'])
  },
)

test('the answer tells the rate that holds for who asks, and when one more may go', async () => {
  const { askAs } = await start()
  const first = await askAs('a', 'gold')
  expect(first.headers.get('ratelimit-policy')).toBe('"mine";q=3;w=60')
  const refused = await askAs('a', 'gold')
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '20'])
})

test('what a preset or `defaults.route` says of it holds as well', async () => {
  const issuer = await startIssuer()
  const { askWith } = await startGuarded(issuer, {
    gateway: `auth: { user: ${issuer.jwt} }\ndefaults: { auth: user, route: { limit: { rate: ${rates}, by: auth.subject } } }`,
  })
  const { headers } = await askWith(await issuer.sign({ plan: 'silver' }))
  expect(headers.get('ratelimit-policy')).toBe('"who";q=2;w=60')
})

test('it is explained', async () => {
  const { gateway } = await start()
  const [limit] = describeRouteAdmission(gateway.snapshot.routes.find(({ name }) => name === 'mine')?.admission)
  expect(limit).toBe('1/m, 1 at once for each auth.subject; by claims.plan: gold 3/m, 1 at once; silver 2/m, 1 at once')
})

test.each([
  ['{ rate: { of: request.headers.x-plan, default: 1/s } }', '', /nobody chooses his rate himself/],
  ['{ rate: { of: claims.plan, gold: 1/s } }', '', /`default` is missing/],
  ['{ rate: { of: claims.plan, gold: 0/s, default: 1/s } }', '', /a rate of 0 lets nothing through/],
  ['{ rate: { of: claims.plan, default: 1/s }, burst: 5 }', '', /each has its own/],
  ['{ rate: { of: claims.plan, default: 1/s } }', 'auth: none', /claims/],
])('%s %s is an error at load', async (limit, keys, message) => {
  await expect(start(limit, keys)).rejects.toThrow(message)
})

test('the gateway’s own limit counts before anybody is asked who he is', async () => {
  const issuer = await startIssuer()
  const gateway = `limit: { rate: ${rates} }\nauth: { user: ${issuer.jwt} }\ndefaults: { auth: user }`
  await expect(startGuarded(issuer, { gateway })).rejects.toThrow(/before anybody is asked who he is/)
})
