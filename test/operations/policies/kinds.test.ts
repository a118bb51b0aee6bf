import { describe, expect, test } from '@jest/globals'
import { renderPolicies } from '../../../scripts/reference/pages/policies.ts'
import type { PolicyKind } from '../../../src/calls/policy.ts'
import type { PolicyOwner } from '../../../src/calls/policy-binding.ts'
import { policyKinds } from '../../../src/operations/policies/index.ts'
import type { AggregatedRoute } from '../../../src/plan/snapshot.ts'
import { loadProject } from '../../support/project.ts'

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
