import type { TLSSocket } from 'node:tls'

/** Why handshakes fail, as metrics tell it: few words, whatever clients do. */
export const handshakeFaults = [
  'no-certificate',
  'untrusted-certificate',
  'no-common-version',
  'no-common-cipher',
  'not-tls',
  'timeout',
  'left',
  'alert',
  'protocol',
] as const
export type HandshakeFault = (typeof handshakeFaults)[number]

/** By OpenSSL's and Node's words for it. */
export function nameFault(
  { code = '', message }: NodeJS.ErrnoException,
  { authorizationError }: TLSSocket,
): HandshakeFault {
  if (authorizationError)
    return /UNABLE_TO_GET_ISSUER_CERT$/.test(String(authorizationError)) ? 'no-certificate' : 'untrusted-certificate'
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'timeout'
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'left'
  if (/PEER_DID_NOT_RETURN_A_CERTIFICATE/.test(code)) return 'no-certificate'
  if (/CERTIFICATE_VERIFY_FAILED/.test(code)) return 'untrusted-certificate'
  if (/UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|WRONG_VERSION|VERSION_NUMBER/.test(code))
    return code.includes('WRONG') ? 'not-tls' : 'no-common-version'
  if (/NO_SHARED_CIPHER|NO_SUITABLE|NO_SHARED_GROUPS/.test(code)) return 'no-common-cipher'
  if (/HTTP_REQUEST|HTTPS_PROXY_REQUEST|UNKNOWN_PROTOCOL|PACKET_LENGTH|RECORD_LENGTH|BAD_RECORD_TYPE/.test(code))
    return 'not-tls'
  if (/ALERT/.test(code) || /alert/.test(message)) return 'alert'
  return 'protocol'
}
