import { http1 } from './http1.ts'
import type { TransportKind } from './transport.ts'
import { undici } from './undici.ts'

/** A new transport is one file and one line here. */
export const transports: ReadonlyMap<string, TransportKind> = new Map([undici, http1].map((kind) => [kind.name, kind]))
