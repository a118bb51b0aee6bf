import { hash } from 'node:crypto'
import type { StoreKey } from '../../stores/store.ts'
import type { CallRequest } from '../call.ts'
import type { CallSite } from '../policy.ts'

/**
 * Compiles what a store's entry for a request of a site is called. Equal only for requests that are equal in all that
 * was rendered, so that one user's answer never reaches another. A digest, so that the store holds no credentials.
 * @param purpose what is kept apart from each other under equal requests: last good answers, answers of a policy
 */
export function compileStoreKey(site: CallSite, purpose: unknown): (request: CallRequest) => StoreKey {
  const { service, operation, decoding } = site
  const owner = { service: serviceOf(site), operation }
  const ofSite = JSON.stringify([purpose, service.name, operation, decoding])
  return ({ method, path, headers, body, owner: user }) => {
    const said = [method, path, headers, latin1Of(body)]
    const text = ofSite + JSON.stringify(user === undefined ? said : [...said, user])
    return { ...owner, digest: hash('sha256', text, 'base64url') }
  }
}

/** What was asked for, over all operations of a service, whichever version of it answers. */
export function uriOf(site: Pick<CallSite, 'service'>, path: string): string {
  return `${serviceOf(site)} ${path}`
}

/** Whose it is, over all of its versions. */
export function serviceOf({ service: { name, version } }: Pick<CallSite, 'service'>): string {
  return version?.of ?? name
}

/** Bytes as a text that no others have. */
export function latin1Of(body: CallRequest['body']): unknown {
  return body instanceof Uint8Array ? [Buffer.from(body).toString('latin1')] : body
}
