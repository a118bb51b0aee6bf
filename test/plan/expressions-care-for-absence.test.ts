import { describe, expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { projectTexts, world } from '../support/project.ts'

const files = {
  ...world,
  dictionary: `${world.dictionary}
  order.buyer: { type: object, required: [id], properties: { id: { type: string }, nick: { type: string } } }
  order.loose: { type: object, properties: { nick: { type: string } } }
`,
}

/** What a route is warned of, as the message's first half. */
function warnings(text: string, match = 'POST /home/{city}'): string[] {
  const { diagnostics } = buildSnapshot(projectTexts({ ...files, 'routes/home': `match: ${match}\n${text}` }))
  const other = diagnostics.filter(({ severity }) => severity === 'error')
  if (other.length > 0) throw new Error(other.map(({ message }) => message).join('\n'))
  return diagnostics.flatMap(({ code, message }) => (code === 'absent-in-expression' ? [message.split(',')[0]!] : []))
}
const when = (condition: string) => `do: [ { throw: { error: no }, when: ${JSON.stringify(condition)} } ]`
const body = (template: string) => `response: { body: { x: ${template} } }`

describe('check warns of what may be absent', () => {
  test.each([
    [when("request.headers['x-a'].startsWith('k')"), 'a request may lack `request.headers.x-a`'],
    [when('request.query.n > 3'), 'a request may lack `request.query.n`'],
    [when('!request.cookies.on'), 'a request may lack `request.cookies.on`'],
    [when('request.query.on'), 'a request may lack `request.query.on`'],
    [when('request.body.n > 3'), 'a request may lack `request.body.n`'],
    [when("'x' in request.query.many"), 'a request may lack `request.query.many`'],
    [body("'Hello ${ request.query.name }'"), 'a request may lack `request.query.name`'],
    [`in: { user.id?: query.id }\n${body("'Hello ${ user.id }'")}`, '`user.id` is there on some ways only'],
    [
      `do: [ { invoke: content.banners, optional: true } ]\n${body("'${ size(banner.list) }'")}`,
      '`banner.list` comes from a step that is optional',
    ],
    [
      `do: [ { invoke: content.banners, id: b, optional: true } ]\n${body("'${ steps.b.status + 1 }'")}`,
      '`steps.b.status` is absent where that step failed or was called off',
    ],
    [
      `do: [ { invoke: content.banners, id: b, optional: true } ]\n${body('\'${ steps.b.error + "!" }\'')}`,
      '`steps.b.error` is there after a failure only',
    ],
    [`in: { order.buyer: $.b }\n${body("'${ order.buyer.nick }!'")}`, '`nick` is not required in `order.buyer`'],
  ])('%s', (route, wanted) => {
    expect(warnings(route)).toEqual([wanted])
  })
})

describe('check is silent', () => {
  test.each([
    when("request.headers['x-a'] != 'admin'"),
    when("!(request.headers['x-a'] == 'admin')"),
    when("!(request.headers['x-a'] in ['admin'])"),
    when('request.query.n == null'),
    when("has(request.headers['x-a']) && request.headers['x-a'].startsWith('k')"),
    when("request.headers['x-a'].startsWith('k') && has(request.headers['x-a'])"),
    when("!has(request.query.n) || request.query.n.startsWith('k')"),
    when("request.headers[?'x-a'].orValue('').startsWith('k')"),
    when("request.params.city.startsWith('x') && request.method.startsWith('P') && request.ip.contains(':')"),
    when('size(request.query) > 3'),
    body("'${ request.query.name }'"),
    body("'Hello ${ request.query.?name }'"),
    body("{ $default: [ 'Hello ${ request.query.name }', hello ] }"),
    body("{ $each: [1], $map: '${ request.query.n + item }', $failed: omit }"),
    `in: { user.id: header.x-user }\n${body('\'${ user.id } ${ request.headers["x-user"] }\'')}`,
    `in: { user.id?: query.id }\n${body('\'${ has(user.id) ? user.id + "!" : "" }\'')}`,
    `in: { user.id?: query.id }\ndo: [ { branch: [ { when: has(user.id), do: [ { assign: { geo.city: 'x-\${ user.id }' } } ] } ] } ]`,
    // What a guard has let by is there.
    "do: [ { throw: { error: no }, when: '!has(request.query.n)' }, { assign: { user.id: 'n-${ request.query.n }' } } ]",
    "do: [ { throw: { error: no }, when: \"request.query.n != 'x'\" }, { assign: { user.id: 'n-${ request.query.n }' } } ]",
    `do: [ { invoke: content.banners, id: b } ]\n${body("'${ steps.b.status + 1 } ${ steps.b.ms } ${ size(banner.list) }'")}`,
    `in: { order.loose: $.b }\n${body("'${ order.loose.nick }!'")}`,
    'do: [ { invoke: reco.recommend, with: { geo.city: \'${ request.query.c + "!" }\', user.segment: new }, optional: true } ]',
  ])('%s', (route) => {
    expect(warnings(route)).toEqual([])
  })
})
