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
  { service, operation }: CallSite,
  { method, path, headers, body }: CallRequest,
  purpose: unknown,
): StoreKey {
  const text = JSON.stringify([purpose, service.name, operation, method, path, headers, body])
  return { service: service.version?.of ?? service.name, operation, digest: hash('sha256', text, 'base64url') }
}
