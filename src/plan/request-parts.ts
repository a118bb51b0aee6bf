import type { OpaqueBytes } from '../formats/opaque-bytes.ts'
import type { ClientCertificate } from '../identity/credential.ts'
import type { Identity } from '../identity/identity.ts'
import type { StreamMessage } from '../streams/stream.ts'

/** What a route may read of the client's request. Built by the server; each part is made only when it is asked for. */
export interface RequestParts {
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** Decoded path parameters. */
  readonly params: Readonly<Record<string, string>>
  /** Decoded; a name that comes more than once has all its values. */
  readonly query: Readonly<Record<string, string | string[]>>
  /** Lower-case names; repeated ones joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: Readonly<Record<string, string>>
  /** Decoded; undefined when there was none. */
  readonly body: unknown
  /** The same as it came, where the route sends it on. */
  readonly raw?: OpaqueBytes | undefined
  /** Whether all in it came as texts, of which colors say what they are. */
  readonly bodyHoldsTexts?: boolean
  /** Who it is of, once a scheme has told; undefined for nobody. */
  readonly identity?: Identity | undefined
  /** The client's, where its listener asked for one and has verified it. */
  readonly certificate?: ClientCertificate | undefined
  readonly ip: string
  readonly id: string
  /** What began it, where nobody asked. */
  readonly trigger?: Firing
  readonly message?: StreamMessage
}

/** The moment for which a run is begun, and the one before it: RFC 3339. */
export interface Firing {
  readonly time: string
  readonly last?: string | undefined
}
