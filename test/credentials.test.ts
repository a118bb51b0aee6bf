import { expect, test } from '@jest/globals'
import { isCredential } from '../src/redaction.ts'

test.each([
  'authorization',
  'Proxy-Authorization',
  'cookie',
  'x-api-key',
  'api_key',
  'apikey',
  'x-auth-token',
  'x-amz-security-token',
  'x-goog-iap-jwt-assertion',
  'x-session-id',
  'ocp-apim-subscription-key',
])('%s is a credential', (name) => expect(isCredential(name)).toBe(true))

test.each(['accept', 'x-author', 'x-user-id', 'idempotency-key', 'x-tokenizer', 'sidecar', 'x-request-id', 'keyboard'])(
  '%s is none',
  (name) => expect(isCredential(name)).toBe(false),
)
