import type { TLSSocket } from 'node:tls'
import type { Clock } from '../../../clock.ts'
import type { Notify } from '../../../telemetry/notice.ts'

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

/** One line of a reason in so long: scanners make thousands. */
const lineEveryMs = 60_000

/** Counts handshakes that failed, and logs a few of them. */
export class HandshakeFaults {
  readonly #listener: string
  readonly #clock: Clock
  readonly #count: (fault: HandshakeFault) => void
  readonly #notify: Notify
  readonly #told = new Map<HandshakeFault, { atMs: number; since: number }>()

  constructor(listener: string, clock: Clock, count: (fault: HandshakeFault) => void, notify: Notify) {
    this.#listener = listener
    this.#clock = clock
    this.#count = count
    this.#notify = notify
  }

  note(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    const fault = nameFault(error, socket)
    this.#count(fault)
    const now = this.#clock.now()
    const told = this.#told.get(fault)
    if (told && now - told.atMs < lineEveryMs) {
      told.since++
      return
    }
    this.#told.set(fault, { atMs: now, since: 0 })
    this.#notify({
      level: 'info',
      subject: this.#listener,
      message: told && told.since > 0 ? `${told.since + 1} TLS handshakes failed` : 'a TLS handshake failed',
      reason: fault,
    })
  }
}

/** By OpenSSL's and Node's words for it. */
function nameFault({ code = '', message }: NodeJS.ErrnoException, { authorizationError }: TLSSocket): HandshakeFault {
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
