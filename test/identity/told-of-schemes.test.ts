import { expect, test } from '@jest/globals'
import { describeAccess } from '../../src/describe/access.ts'
import { describeApi } from '../../src/interchange/to-openapi/document.ts'
import { loadProject } from '../support/project.ts'
import { problemsOf } from '../support/route-tests.ts'

const files = {
  dictionary: 'colors: { user.id: { type: string }, user.roles: { type: array, items: { type: string } } }',
  gateway: `
auth:
  opaque: { introspect: { url: 'https://id.example.com/introspect', clientId: shop, clientSecret: s } }
  mesh: { mtls: { names: ['spiffe://prod/orders'] } }
  policy: { forward: { operation: authz.check, subject: user.id, roles: user.roles } }
defaults: { auth: [opaque, mesh, policy] }`,
  'services/authz': `
service: authz
endpoints: [http://127.0.0.1:9]
operations:
  check:
    get: /check
    headers: { authorization: $.request.headers.authorization }
    out: { user.id: $.sub, user.roles: $.roles }`,
  'routes/home': `
match: GET /home
auth: policy
roles: [editor]
response: { body: { who: $.auth.subject, id: $.claims.user.id } }`,
  'routes/any': 'match: GET /any\nresponse: { body: $.auth.subject }',
}

test('what schemes are is explained, and told to who reads the description', () => {
  const snapshot = loadProject(files)
  const any = snapshot.routes.find(({ name }) => name === 'any')!
  expect(describeAccess(any)).toEqual([
    'who asks: opaque (introspect: tokens that https://id.example.com/introspect knows) or mesh (mtls: certificates of spiffe://prod/orders) or policy (forward: what authz.check lets in)',
  ])
  const { components, paths } = JSON.parse(JSON.stringify(describeApi(snapshot)))
  expect(components.securitySchemes).toEqual({
    opaque: { type: 'http', scheme: 'bearer' },
    mesh: { type: 'mutualTLS' },
    policy: { type: 'http', scheme: 'bearer', description: 'Whatever authz.check looks at.' },
  })
  expect(paths['/any'].get.security).toEqual([{ opaque: [] }, { mesh: [] }, { policy: [] }])
})

test.each([
  ['auth: { scheme: policy, claims: { user: { id: u1, roles: [editor] } } }', 'status: 200, body: { who: u1, id: u1 }'],
  ['auth: { scheme: policy, claims: { user: { id: u1, roles: [guest] } } }', 'status: 403'],
  ['headers: { authorization: x }', 'status: 401'],
])('a test of a route says who asks, whoever would be asked: %s', async (auth, expected) => {
  expect(await problemsOf(`request: { ${auth} }, expect: { ${expected} }`, loadProject(files))).toEqual([])
})
