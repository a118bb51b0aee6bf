const aliases = Array.from({ length: 30 }, (_, index) => {
  const before = index === 0 ? 'tea' : `*a${index - 1}`
  return `a${index}: &a${index} [${Array(10).fill(before).join(', ')}]`
}).join('\n')

/** Files that no honest operator writes. */
export const hostileFiles: Readonly<Record<string, string | Buffer>> = {
  nothing: '',
  'blanks and tabs': '\t\t\n \t',
  'only a comment': '# tea',
  'a scalar': 'tea',
  'a list': '- 1\n- 2',
  null: 'null',
  'a number': '1e400',
  'bytes that are no text': Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28]),
  zeros: Buffer.alloc(10_000),
  'a BOM': '\ufeffmatch: GET /bad',
  'an open list': `match: [${'['.repeat(10_000)}`,
  'a deep list': `do: ${'['.repeat(10_000)}${']'.repeat(10_000)}`,
  'deep maps': `do: ${'{a: '.repeat(5_000)}1${'}'.repeat(5_000)}`,
  'a laugh of aliases': aliases,
  'an alias of itself': 'do: &a [ *a ]',
  'an alias of nothing': 'do: *nobody',
  'many keys': Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n'),
  'the same key again': 'match: GET /bad\nmatch: GET /worse',
  'keys of the prototype': '__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\ntoString: 1',
  'merge keys': '<<: { match: GET /bad }\n<<: *x',
  'tags of code': 'match: !!js/function "function () { process.exit() }"\ndo: !!python/object/apply:os.system [ ls ]',
  'two documents': 'match: GET /bad\n---\nmatch: GET /worse',
  'a long line': `match: GET /${'a'.repeat(1_000_000)}`,
  'an expression that hangs': `match: GET /bad\nin: { user.id: query.q }\ndo: []\nresponse: { body: "\${ user.id.matches('(a+)+$') }" }`,
  'an expression without end': `match: GET /bad\ndo: []\nresponse: { body: "\${ ${'('.repeat(20_000)} }" }`,
  'a template of a template': `match: GET /bad\ndo: []\nresponse: { body: "${'${ '.repeat(5_000)}" }`,
  'a path without end': `match: GET /bad\ndo: []\nresponse: { body: "$${'..*'.repeat(5_000)}" }`,
  'code in a path':
    'match: GET /bad\ndo: []\nresponse: { body: "$..[?(@.constructor.constructor(\'process.exit()\')())]" }',
  'a variable of the process': 'match: GET /bad\ndo: []\nresponse: { body: "${env.PATH}" }',
  'a route that calls nothing': 'match: GET /bad\ndo: [ { invoke: no.such } ]\nresponse: { body: $.nothing }',
  'a match of nothing': 'match: ""\ndo: []',
  'a timeout beyond all': 'match: GET /bad\ntimeout: 99999999999999999999d\ndo: []\nresponse: { body: 1 }',
  'a service of everything wrong': 'service: 1\nendpoints: tea\noperations: [1]\nbalance: { kind: 7 }\ntimeout: -1s',
  'a service beside itself': 'service: users\nendpoints: ["http://127.0.0.1:1"]\noperations: {}',
}
