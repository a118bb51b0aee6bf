import { expect, test } from '@jest/globals'
import { describeAccess } from '../../src/describe/access.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { startGateway } from '../support/gateway.ts'
import { bearer } from '../support/guarded.ts'
import { startIssuer } from '../support/issuer.ts'
import { describeDiagnostic, loadProject, projectTexts } from '../support/project.ts'

const gateway = (user: string, partner: string) => `
auth: { user: ${user}, partner: ${partner} }
defaults: { auth: none }
presets:
  staff: { route: { auth: user, roles: [editor, owner], allow: "claims.tenant == 'shop'" } }
  orders: { route: { scopes: [orders] } }
  strict: { route: { roles: [owner], allow: "claims.level == 'gold'" } }
  partners: { route: { auth: partner } }
  shout: { route: { timeout: 1s } }
`
const idle = gateway(
  "{ jwt: { issuer: 'https://a.example', audience: any } }",
  "{ jwt: { issuer: 'https://b.example', audience: any } }",
)
const route = (keys: string) => `match: GET /a\n${keys}\nresponse: { body: 1 }\n`
const faults = (keys: string, text = idle) =>
  buildSnapshot(projectTexts({ dictionary: 'colors: {}', gateway: text, 'routes/a': route(keys) }))
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(describeDiagnostic)

test.each([
  ['an aggregated route', 'response: { body: 1 }'],
  ['`proxy:`', 'proxy: words'],
])('who may ask is narrowed by each preset that a route uses, and by the route itself: %s', async (_what, end) => {
  const issuer = await startIssuer()
  const { port } = await startGateway({
    gateway: gateway(issuer.jwt, issuer.jwt),
    'services/words': 'service: words\nendpoints: [http://127.0.0.1:9]\n',
    'routes/a': `match: GET /a\nuse: [staff, orders, strict]\nscopes: [read]\n${end}\n`,
  })
  const good = { roles: ['editor', 'owner'], scope: 'read orders', tenant: 'shop', level: 'gold' }
  const ask = async (claims?: object) => {
    const headers = claims ? bearer(await issuer.sign({ ...claims })) : {}
    return (await fetch(`http://127.0.0.1:${port}/a`, { headers })).status
  }
  expect(await ask()).toBe(401)
  for (const lacking of [
    { roles: ['editor'] },
    { roles: [] },
    { scope: 'read' },
    { scope: 'orders' },
    { tenant: 'other' },
    { level: 'silver' },
    { level: undefined },
  ])
    expect([lacking, await ask({ ...good, ...lacking })]).toEqual([lacking, 403])
  expect(await ask(good)).toBe(end.startsWith('proxy') ? 502 : 200)
})

test('two presets that name other schemes are an error, unless the route says which', () => {
  expect(faults('use: [staff, partners]')).toEqual([
    expect.stringMatching(
      /^invalid-value routes\/a.yaml:2:6 two presets say who may ask: partner, and user .*gateway.yaml:5/,
    ),
  ])
  expect(faults('use: [staff, partners]\nauth: partner')).toEqual([])
})

test('a preset opens nothing, and asks nothing of those whom nobody knows', () => {
  for (const auth of ['none', '{ any: [user], optional: true }'])
    expect(faults('use: open', idle.replace('  shout:', `  open: { route: { auth: ${auth} } }\n  shout:`))).toEqual([
      expect.stringContaining('a preset opens nothing'),
    ])
  expect(faults('use: orders')).toEqual([expect.stringMatching(/^unfilled-claims routes\/a.yaml:2:1 nobody is asked/)])
})

test('what presets say of it is explained with their places', () => {
  const { routes } = loadProject({ dictionary: 'colors: {}', gateway: idle, 'routes/a': route('use: [staff, orders]') })
  expect(describeAccess(routes[0]!)).toEqual([
    expect.stringMatching(/^who asks: user .* \(as a preset says: gateway.yaml:5\)$/),
    'with the scopes orders',
    'as editor or owner',
    "where claims.tenant == 'shop'",
    'of that by presets: gateway.yaml:6, gateway.yaml:5',
  ])
})
