import { queues } from '../../../src/admission/queues/index.ts'
import { splitKinds } from '../../../src/calls/splits/index.ts'
import { jsonSchemaOf, type Schema } from '../../../src/describe/json-schema.ts'
import { balancers } from '../../../src/endpoints/balancers/index.ts'
import { discoveries } from '../../../src/endpoints/discovery/index.ts'
import { resolvers } from '../../../src/endpoints/discovery/resolvers/index.ts'
import { registrations } from '../../../src/endpoints/registration/index.ts'
import { policyKinds } from '../../../src/operations/policies/index.ts'
import { stores } from '../../../src/stores/index.ts'
import { transports } from '../../../src/transports/index.ts'
import { hasKeys, keyTable } from '../key-table.ts'
import { code, page, sentence, table, yamlBlock } from '../markdown.ts'

const ofService = jsonSchemaOf('service')['properties'] as Record<string, Schema>
const ofOperation = (ofService['operations']!['additionalProperties'] as Schema)['properties'] as Record<string, Schema>
/** Of what a service and an operation may have. */
const schemas = { ...ofService, ...ofOperation }

/** Where the keys of each policy are told that has some. */
export const policyLinks: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    policyKinds
      .filter(({ name }) => hasKeys(schemas[name]!))
      .map(({ name }) => [name, `[Its keys](policies.md#${name}).`]),
  ),
  fallback: '[Its forms](policies.md#fallback).',
}

export const policiesExample = `service: reco
endpoints:
  - { url: http://10.0.0.1:9004, weight: 3 }
  - { url: http://10.0.0.2:9004 }
timeout: 300ms
retry: { attempts: 2, delay: 20ms, on: [unavailable, http-503] }
breaker: { errorRate: 50%, window: 10s, minCalls: 20, open: 5s }
operations:
  bestsellers: { get: /bestsellers, out: { product.list: $.items } }
  recommend:
    get: /recommend
    in: { user.segment: query.segment }
    out: { product.list: $.items }
    timeout: 200ms
    cache: { ttl: 30s, stale: 5m, staleIfError: 1h }
    fallback: [ { lastGood: 10m }, { invoke: reco.bestsellers }, { body: { items: [] } } ]`

export function renderPolicies(): string {
  const policy = (key: string) => schemas[key]!
  const about = (key: string) => String(policy(key)['description'])
  return page(
    'Policies around a call',
    `What happens around every call of a backend. From the outside in: ${['fallback', ...policyKinds.map(({ name }) => name), 'balance', 'transport'].join(', ')}.`,
    'A service says what holds for its operations, an operation may say otherwise, and so may the `invoke` that calls it; the nearest wins, as a whole. Every attempt and every wait is cut to what is left of the budget of the request.',
    yamlBlock(policiesExample),
    ...policyKinds.flatMap(({ name, notes }) => renderPolicy(name, policy(name), notes)),
    '## fallback',
    `${about('fallback')} One entry, or a list that is tried in its order. An answer with a fallback in it says so in \`Tessera-Degraded\`.`,
    keyTable(fallbackEntries(policy('fallback'))),
    '## Queues',
    '`order` of a `bulkhead`: who of those who wait goes first.',
    kinds(queues.values()),
    '## Balancers',
    '`balance:` of a service: a name, or `{ kind: consistent-hash, on: user.id }`. [Endpoints](../guides/endpoints.md) tells how they choose, how endpoints are checked and what `failover` does.',
    kinds(balancers.values()),
    '## Splits',
    '`split: { by: … }` of a service with `versions`. [Versions](../guides/versions.md) tells how a call finds its own.',
    kinds(splitKinds.values()),
    '## Transports',
    'How a request gets to an endpoint; by the scheme of its URL.',
    kinds(transports.values()),
    '## Discovery',
    '`discover:` of a service. Endpoints of its own list need none; their hosts are found by the form of their URL.',
    kinds(discoveries.values()),
    kinds(resolvers),
    '## Registration',
    '`register:` of the gateway.',
    kinds(registrations.values()),
    '## Stores',
    '`stores.cache` of the [gateway](gateway.md): where cached and last good answers are kept.',
    kinds(stores.values()),
  )
}

/** A table only where there are keys: a policy may be a number. */
function renderPolicy(name: string, schema: Schema, notes: string | undefined): string[] {
  const about = [String(schema['description']), ...(notes === undefined ? [] : [notes])].join(' ')
  return [`## ${name}`, about, ...(hasKeys(schema) ? [keyTable(schema)] : [])]
}

/** The forms of a fallback as one mapping, of which an entry has one key. */
function fallbackEntries(schema: Schema): Schema {
  const [entry] = schema['anyOf'] as Schema[]
  const forms = entry!['anyOf'] as Schema[]
  return { properties: Object.assign({}, ...forms.map((form) => form['properties'])) }
}

function kinds(list: Iterable<{ readonly name: string; readonly summary: string }>): string {
  return table(
    ['name', 'meaning'],
    [...list].map(({ name, summary }) => [code(name), sentence(summary)]),
  )
}
