import { hash } from 'node:crypto'
import type { StoreKey } from '../../stores/store.ts'
import type { CallRequest } from '../call.ts'
import type { CallSite } from '../policy.ts'

/**
 * Names what a store keeps for a request. Equal only for requests that are equal in all that was rendered, so that one
 * user's answer never reaches another. A digest, so that the store holds no credentials.
 * @param purpose what is kept apart from each other under equal requests: last good answers, answers of a policy
 */
export function storeKeyOf(
  { service, operation, decoding }: CallSite,
  { method, path, headers, body }: CallRequest,
  purpose: unknown,
): StoreKey {
  const text = JSON.stringify([purpose, service.name, operation, decoding, method, path, headers, latin1Of(body)])
  return { service: service.version?.of ?? service.name, operation, digest: hash('sha256', text, 'base64url') }
}

/** Bytes as a text that no others have. */
export function latin1Of(body: CallRequest['body']): unknown {
  return body instanceof Uint8Array ? [Buffer.from(body).toString('latin1')] : body
}
