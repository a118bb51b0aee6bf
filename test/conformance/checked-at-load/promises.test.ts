import { describe } from '@jest/globals'
import { type Case, response, service, steps, testCases } from '../../support/conformance/checked.ts'

const cases: Case[] = [
  { code: 'timeout-over-budget', name: 'of a step', route: steps('{ invoke: content.banners, timeout: «2s }') },
  {
    code: 'timeout-over-budget',
    name: 'of an inline invoke',
    route: steps('invoke: { service: content, get: /x, timeout: «2s }'),
  },
  {
    code: 'timeout-over-budget',
    name: 'with a budget of its own',
    route: steps('{ invoke: content.banners, timeout: «2s }', 'timeout: 1900ms\n'),
    help: /line 2/,
  },
  {
    code: 'duplicate-route',
    name: 'by another parameter',
    files: { 'routes/a': `match: GET /a/{x}\n${response}`, 'routes/b': `match: «GET /a/{y}\n${response}` },
  },
  {
    code: 'duplicate-route',
    name: 'by a passthrough',
    files: { 'routes/a': 'match: GET /a/*x\nproxy: reco', 'routes/b': `match: «GET /a/*y\n${response}` },
  },
  { code: 'secret-in-response', name: 'by itself', route: secret('response: { body: { t: «$.payment.token } }') },
  {
    code: 'secret-in-response',
    name: 'by a header',
    route: secret('response: { headers: { x-t: «$.payment.token } }'),
  },
  { code: 'secret-in-response', name: 'by text', route: secret("response: { body: 'x ${ «payment.token }' }") },
  { code: 'secret-in-response', name: 'by its namespace', route: secret('response: { body: «$.payment }') },
  { code: 'secret-in-response', name: 'by the whole context', route: secret('response: { body: «$ }') },
  {
    code: 'secret-in-response',
    name: 'by another color',
    route: secret("  - assign: { user.name: '${ payment.token + geo.city }' }\nresponse: { body: «$.user.name }"),
  },
  {
    code: 'secret-in-response',
    name: 'by an operator',
    route: secret('response: { body: { $default: [ «$.payment.token, x ] } }'),
  },
  { code: 'secret-in-response', name: 'by a respond', route: secret('  - respond: { body: «$.payment.token }') },
  {
    code: 'secret-in-response',
    name: 'by a throw',
    route: secret("  - throw: { error: odd, title: 'for ${ «payment.token }' }"),
  },
  {
    code: 'secret-in-response',
    name: 'by the request that brought it',
    route: secret(`response: { body: '«$.request.headers["x-token"]' }`),
  },
  {
    code: 'secret-in-response',
    name: 'by the answer that gave it',
    route: steps('{ id: pay, invoke: { service: pricing, post: /p, out: { payment.token: $.t } } }').replace(
      response,
      'response: { body: «$.steps.pay.body.t }',
    ),
  },
  {
    code: 'unsafe-retry',
    name: 'of a step',
    route: steps('{ invoke: { service: pricing, post: /p }, «retry: { attempts: 2 } }'),
    help: /idempotency-key/,
  },
  { code: 'unsafe-retry', name: 'of a PATCH', route: steps('{ invoke: { service: pricing, patch: /p }, «retry: {} }') },
  {
    code: 'unsafe-retry',
    name: 'of an operation',
    route: steps('invoke: extra.a'),
    files: service('operations: { a: { post: /a, «retry: { attempts: 3 } } }'),
  },
  {
    code: 'unknown-error-code',
    name: 'that a retry waits for',
    route: steps('{ invoke: content.banners, retry: { on: [«timeuot] } }'),
    help: /`timeout`/,
  },
]

function secret(rest: string): string {
  return `match: GET /\nin: { payment.token: header.x-token, geo.city: query.c }\ndo:\n  - empty\n${rest}\n`
}

describe('checked at load: budgets, paths, secrets and retries', () => testCases(cases))
