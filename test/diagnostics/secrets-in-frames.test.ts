import { expect, test } from '@jest/globals'
import { printDiagnostics } from '../../src/diagnostics/print.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { projectTexts } from '../support/project.ts'

const service = (keys: string) => `
service: words
endpoints: [http://127.0.0.1:9]
${keys}
operations: { word: { get: /word, out: { word.text: $.word } } }`

const gateway = (scheme: string) => `
auth:
  user: ${scheme}
defaults: { auth: none }`

/** What an operator reads of files that are wrong. */
function told(files: Record<string, string>): string {
  const texts = projectTexts({ dictionary: 'colors: { word.text: { type: string } }', ...files })
  const all = new Map([...texts.services, ...texts.dictionary, texts.gateway!].map(({ path, text }) => [path, text]))
  const { diagnostics } = buildSnapshot(texts)
  expect(diagnostics).not.toHaveLength(0)
  return printDiagnostics(diagnostics, (file) => all.get(file), false).join('\n')
}

const oauth2 = 'tokenUrl: https://a.io/t, clientId: shop'

test.each([
  ['a misspelt key of a secret', service(`auth: { oauth2: { ${oauth2}, clientSecet: hunter2 } }`)],
  ['a name of another product', service(`auth: { oauth2: { ${oauth2}, client_secret: "hunter2" } }`)],
  ['a key that stands in another mapping', service('auth: { clientSecret: hunter2 }')],
  ['a slip beside a secret', service(`auth: { oauth2: { ${oauth2}, clientSecret: hunter2, scope: x } }`)],
  ['a slip before a secret', service(`auth: { oauth2: { scope: x, ${oauth2}, clientSecret: 'hunter2' } }`)],
  ['a block of keys', service('auth:\n  basic:\n    user: shop\n    pasword: hunter2')],
  ['a name for it that is none here', service('auth: { basic: { user: shop, pass: hunter2 } }')],
  [
    'a list of them',
    gateway(
      '\n    oidc:\n      issuer: https://id.example.com\n      clientId: shop\n      cookieKeys:\n      - hunter2',
    ),
  ],
  [
    'a list in a line',
    gateway('{ oidc: { issuer: https://id.example.com, clientId: shop, cookieKeys: [hunter2, hunter2] } }'),
  ],
  ['JSON', service('auth: {"basic":{"user":"shop","password":"hunter2","realm":"x"}}')],
  ['text that is no YAML', service('auth: { bearer: "hunter2" x')],
  [
    'a header by its name',
    service('headers: { x-api-key: hunter2, 42: x }\nheadrs: { authorization: Bearer hunter2 }'),
  ],
  ['a URL', service('discover: { dns: { name: "http://admin:hunter2@registry:80/?api_key=hunter2" } }')],
  ['a secret of another type', service('auth: { basic: { user: shop, password: [hunter2] } }')],
  ['a mapping in its place', service(`auth: { oauth2: { ${oauth2}, clientSecret: { value: hunter2 } } }`)],
  ['a set in its place', service('auth: { basic: { user: shop, password: { hunter2 } } }')],
  [
    'a mapping of several lines in its place',
    service(
      'auth:\n  basic:\n    user: shop\n    password:\n      valeu: hunter2\n      from: { vault: 1 }\n    realm: x',
    ),
  ],
  [
    'a mapping in a list in its place',
    gateway('{ oidc: { issuer: x, clientId: y, cookieKeys: [{ value: hunter2 }] } }'),
  ],
  ['a secret that is too short', gateway(`{ jwt: { issuer: x, audience: any, secret: hunter2 } }`)],
])('no secret is shown with the line that is wrong: %s', (_what, text) => {
  const said = told(text.includes('service:') ? { 'services/words': text } : { gateway: text })
  expect(said).toContain('***')
  expect(said).not.toContain('hunter2')
})

test('a secret that is a number is in no message', () => {
  const said = told({ 'services/words': service('auth: { basic: { user: shop, password: 42731 } }') })
  expect(said).toContain('password: ***')
  expect(said).not.toContain('42731')
})

test('the caret stands below what it means, behind a secret of any length', () => {
  for (const secret of ['x', 'hunter2hunter2hunter2']) {
    const said = told({
      'services/words': service(`auth: { oauth2: { ${oauth2}, clientSecret: ${secret}, scope: x } }`),
    })
    const [shown = '', carets = ''] = said.split('\n').slice(2)
    expect(shown.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('scope')
  }
})

test('what names a secret, places of a request and all that is none are shown as they are written', () => {
  const keys = `auth: { oauth2: { ${oauth2}, clientSecret: '\${env.C}', scope: x } }`
  expect(told({ 'services/words': service(keys) })).toContain(keys)
  const token = 'headrs: { token: $.user.token }'
  expect(told({ 'services/words': service(token) })).toContain(token)
  const types = 'headrs: { token: { type: text } }'
  expect(told({ 'services/words': service(types) })).toContain(types)
  const headers = 'headrs: { authorization: $.user.token, accept: text/plain }'
  expect(told({ 'services/words': service(headers) })).toContain(headers)
})
