import type { ListenerTls } from '../../../plan/certificates.ts'
import { nodeCrypto } from './node-tls.ts'

/** A random key is new after so long: what was sealed by it before can be opened by nobody any more. */
export const newKeyEveryMs = 12 * 3_600_000

const length = 48

/**
 * What seals the sessions of a listener: of the key, and of whom it trusts to sign clients' certificates. A client that
 * was verified by others, or whose certificate was taken back since, is verified anew.
 */
export function sealingKey(key: Buffer, { clientCa, crl, settings }: VerifiedBy): Buffer {
  const { createHash, hkdfSync } = nodeCrypto()
  const verifiedBy = createHash('sha256')
    .update(JSON.stringify([clientCa, crl, settings.clientCert]))
    .digest()
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), verifiedBy, length))
}

type VerifiedBy = Pick<ListenerTls, 'clientCa' | 'crl' | 'settings'>
