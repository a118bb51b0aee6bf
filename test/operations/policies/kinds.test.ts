import { describe, expect, test } from '@jest/globals'
import { renderPolicies } from '../../../scripts/reference/pages/policies.ts'
import type { PolicyKind } from '../../../src/calls/policy.ts'
import type { PolicyOwner } from '../../../src/calls/policy-binding.ts'
import { policyKinds } from '../../../src/operations/policies/index.ts'
import { buildSnapshot } from '../../../src/plan/build.ts'
import type { AggregatedRoute } from '../../../src/plan/snapshot.ts'
import { loadProject, projectTexts } from '../../support/project.ts'

const kinds: readonly PolicyKind[] = policyKinds
const page = renderPolicies()

/** A service and a call of it, with something declared by one of them. */
function declareAt(owner: PolicyOwner, declaration: string) {
  const at = (place: PolicyOwner) => (place === owner ? declaration : '')
  const { routes } = loadProject({
    'services/words': `service: words
endpoints: [http://127.0.0.1:9]
${at('service')}
operations: { word: { get: /word, out: { word: $.word }, ${at('operation')} } }`,
    'routes/word': `match: GET /word
do: [ { invoke: words.word, ${at('step')} } ]
response: { body: $.word }`,
    dictionary: 'colors: { word: { type: string } }',
  })
  return (routes[0] as AggregatedRoute).callSites[0]!
}

describe.each(kinds.map((kind) => [kind.name, kind] as const))('the policy %s', (name, kind) => {
  test.each(kind.on)('holds where its example stands at the %s', (owner) => {
    const { policies } = declareAt(owner, kind.example)
    const policy = policies.find((one) => one.kind === kind)
    expect(policy && kind.caption(policy.config)).toMatch(/\w/)
  })

  test('does not hold where nobody declares it, but for the timeout of the gateway', () => {
    const { policies } = declareAt('service', '')
    expect(policies.some((one) => one.kind === kind)).toBe(name === 'timeout')
  })

  test('has its place in the reference', () => {
    expect(page).toContain(`## ${name}\n`)
  })
})

describe('what a service says for its operations', () => {
  const told = (keys: string, operation: string, inline = '') =>
    buildSnapshot(
      projectTexts({
        dictionary: 'colors: { word: { type: string } }',
        'services/words': `service: words\nendpoints: [http://127.0.0.1:9]\n${keys}\noperations: { word: { ${operation}, out: { word: $.word } } }`,
        'routes/word': `match: GET /word\ndo: [ { invoke: words.word, id: a } ${inline} ]\nresponse: { body: $.word }`,
      }),
    ).diagnostics.flatMap(({ severity, code, message, at }) =>
      severity === 'error' ? `${code} ${at.line}:${at.column} ${message}` : [],
    )

  test('fits one of them, or is told: it would be without effect', () => {
    expect(told('mirror: { to: "http://127.0.0.1:9" }', 'get: /word')).toEqual([])
    expect(told('mirror: { to: "http://127.0.0.1:9" }', 'post: /word')).toEqual([
      'unsafe-mirror 3:1 it holds for no operation of `words`: a copy of a POST changes something where it goes, too',
    ])
    expect(told('hedge: { after: 10ms }', 'post: /word')).toEqual([
      expect.stringContaining('it holds for no operation of `words`'),
    ])
    expect(told('cache: false', 'post: /word')).toEqual([])
  })

  test('may fit one that a route writes in place', () => {
    const inline = ', { invoke: { service: words, get: /other }, id: b }'
    expect(told('mirror: { to: "http://127.0.0.1:9" }', 'post: /word', inline)).toEqual([])
  })
})
