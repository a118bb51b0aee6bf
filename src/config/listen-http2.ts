import * as z from 'zod'
import { count } from '../binding/scalars.ts'
import { parseDuration } from '../expressions/units.ts'

/** So many in a time. */
export interface Burst {
  readonly count: number
  readonly windowMs: number
}

/** What one connection of HTTP/2 may have of a listener. */
export interface Http2Settings {
  /** Requests at once. */
  readonly streams: number
  /** Requests that it may give up; beyond that it is ended. */
  readonly resets: Burst
}

const defaults = { streams: 100, resets: { count: 100, windowMs: 10_000 } }

/** `100/10s` */
const burst = z
  .string()
  .regex(/^[1-9]\d{0,5}\/(?:[1-9]\d{0,3})?(?:ms|s|m|h)$/, 'write it like 100/10s')
  .transform((text): Burst => {
    const [number = '', window = ''] = text.split('/')
    return { count: Number(number), windowMs: parseDuration(/^\d/.test(window) ? window : `1${window}`)! }
  })
  .meta({ title: 'rate', examples: ['100/10s'] })

/** `http2:` of a listener. */
export const http2Shape = z
  .union([
    z.boolean(),
    z.strictObject({
      streams: count.default(defaults.streams).describe('Requests that a connection may have open at once.'),
      resets: burst
        .prefault('100/10s')
        .describe('Requests that a connection may give up, or that are none; beyond it the connection is ended.'),
    }),
  ])
  .transform((http2): Http2Settings | undefined => (http2 === true ? defaults : http2 === false ? undefined : http2))
  .meta({ description: 'Whether HTTP/2 is spoken beside HTTP/1.1, with whoever asks for it in the handshake of TLS.' })
