import * as z from 'zod'
import { count, size, timeSpan } from '../binding/scalars.ts'
import { isLoopback } from '../ip-address.ts'
import { type Http2Settings, http2Shape } from './listen-http2.ts'
import { type ProxyProtocolSettings, proxyProtocolShape } from './listen-proxy.ts'
import { type TlsSettings, tlsShape } from './listen-tls.ts'

/** Where a listener binds; host undefined is every interface. */
export interface ListenAddress {
  readonly host: string | undefined
  readonly port: number
}

/** One listener for clients, and what it bears of them. */
export interface ListenSettings extends ListenAddress {
  /** In logs, and for routes that only some listeners have. */
  readonly name: string
  /** For the head of a request, from its first byte. */
  readonly headersTimeoutMs: number
  /** For its whole body, where the gateway reads it. */
  readonly bodyTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  readonly maxHeaderBytes: number
  readonly maxConnections: number
  /** The path at which it says whether it takes requests; undefined: none. */
  readonly health: string | undefined
  /** Undefined: plain text. */
  readonly tls: TlsSettings | undefined
  /** Undefined: HTTP/1.1 alone. */
  readonly http2: Http2Settings | undefined
  /** Undefined: whoever holds a connection is the client. */
  readonly proxyProtocol: ProxyProtocolSettings | undefined
}

/** One that may have no name yet. */
type Written = Omit<ListenSettings, 'name'> & { readonly name: string | undefined }

/** What a listener that says nothing bears. */
export const defaultBearing = {
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 10_000,
  // Longer than the load balancers before us keep an idle connection (60 s is common), so that they are the ones to close it.
  keepAliveTimeoutMs: 75_000,
  maxHeaderBytes: 16 * 1024,
  maxConnections: 16_384,
  health: undefined,
  tls: undefined,
  http2: undefined,
  proxyProtocol: undefined,
} as const

const defaultName = 'public'
/** What metrics and logs call the admin listener. */
export const adminName = 'admin'
const loopback = '127.0.0.1'

/** A port, or `host:port`. */
export const addressShape = z
  .union([z.int().min(0).max(65535), z.string()])
  .transform((value, context): ListenAddress => {
    const address = parseAddress(String(value))
    if (address) return address
    context.addIssue({ code: 'custom', message: `\`${value}\` is not a port or host:port` })
    return z.NEVER
  })
  .meta({ description: 'A port, or host:port.', examples: [8080, '127.0.0.1:8080'] })

/** What any listener may say of itself. */
const bearing = {
  port: z.int().min(0).max(65535).describe('The port that it binds.'),
  tls: tlsShape.optional(),
  proxyProtocol: proxyProtocolShape.optional(),
  headersTimeout: timeSpan.default(defaultBearing.headersTimeoutMs).describe('For the head of a request.'),
  keepAliveTimeout: timeSpan
    .default(defaultBearing.keepAliveTimeoutMs)
    .describe(
      'How long a connection is kept between two requests. Longer than whoever stands before the gateway keeps it.',
    ),
  maxHeaderSize: size
    .default(defaultBearing.maxHeaderBytes)
    .describe('Of the head of a request; larger ones are refused with 431.'),
  maxConnections: count.default(defaultBearing.maxConnections).describe('Open at once; more are closed at once.'),
}

/** As a listener is known inside. */
function settingsOf({
  headersTimeout,
  keepAliveTimeout,
  maxHeaderSize,
  tls,
  proxyProtocol,
  ...rest
}: z.output<z.ZodObject<typeof bearing>>) {
  return {
    ...rest,
    tls,
    proxyProtocol,
    headersTimeoutMs: headersTimeout,
    keepAliveTimeoutMs: keepAliveTimeout,
    maxHeaderBytes: maxHeaderSize,
  }
}

const mapping = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-zA-Z][\w-]*$/, 'a listener is named by letters, digits, - and _')
      .refine((name) => name !== adminName, `\`${adminName}\` is the one of \`admin.listen\``)
      .optional()
      .describe('What logs call it; `public` unless given, and needed where there are several.'),
    host: z.string().min(1).optional().describe('The address that it binds; every interface unless given.'),
    ...bearing,
    http2: http2Shape.optional(),
    bodyTimeout: timeSpan
      .default(defaultBearing.bodyTimeoutMs)
      .describe('For the whole body of a request, where the gateway reads it.'),
    health: z
      .string()
      .regex(/^\/[^?#\s]*$/, 'a path begins with /, and has no query')
      .optional()
      .describe(
        'A path that answers 200 while requests are taken, and 503 when not: for load balancers that ask here.',
      ),
  })
  .refine(({ tls, http2 }) => !http2 || tls !== undefined, {
    path: ['http2'],
    message: 'HTTP/2 is spoken over TLS alone: the listener has no `tls`',
  })
  .transform(
    ({ name, host, health, http2, bodyTimeout, ...rest }): Written => ({
      ...settingsOf(rest),
      name,
      host,
      health,
      http2,
      bodyTimeoutMs: bodyTimeout,
    }),
  )

const one = z.union([
  addressShape.transform((address): Written => ({ ...defaultBearing, ...address, name: undefined })),
  mapping,
])

/** `listen:` */
export const listenShape = z
  .union([one, z.array(one).min(1)])
  .transform((written, context): readonly ListenSettings[] => {
    const all = [written].flat()
    const nameless = all.findIndex(({ name }) => name === undefined)
    if (all.length > 1 && nameless >= 0)
      context.addIssue({ code: 'custom', message: 'one of several listeners has a `name`', path: [nameless] })
    for (const [index, listener] of all.entries()) {
      const { name } = listener
      const before = all.slice(0, index)
      if (name !== undefined && before.some((other) => other.name === name))
        context.addIssue({ code: 'custom', message: `another listener is called \`${name}\``, path: [index] })
      if (before.some((other) => bindsSame(other, listener)))
        context.addIssue({ code: 'custom', message: `another listener binds the port ${listener.port}`, path: [index] })
    }
    return all.map((listener) => ({ ...listener, name: listener.name ?? defaultName }))
  })
  .meta({ description: 'Where clients are listened to: a port, host:port, a mapping, or a list of them.' })

/** The listener for people and machines who look after the gateway: of this machine alone where it names no host. */
export interface AdminListenSettings extends ListenSettings {
  readonly host: string
}

/** Whether it is reached from this machine alone: a proxy that tells of its clients brings others. */
export function isPrivate({ host, proxyProtocol }: AdminListenSettings): boolean {
  return isLoopback(host) && proxyProtocol === undefined
}

/** `admin.listen:` */
export const adminListenShape = z
  .union([
    addressShape.transform((address) => ({ ...defaultBearing, ...address })),
    z
      .strictObject({
        host: z.string().min(1).default(loopback).describe('The address that it binds.'),
        ...bearing,
      })
      .transform((written) => ({ ...defaultBearing, ...settingsOf(written), host: written.host })),
  ])
  .transform(({ host = loopback, ...rest }): AdminListenSettings => ({ ...rest, host, name: adminName }))
  .meta({
    description: 'A port of this machine alone, host:port, or a mapping, with `tls` and the like.',
    examples: [9900, '10.0.0.5:9900'],
  })

function bindsSame(one: ListenAddress, other: ListenAddress): boolean {
  if (one.port === 0) return false
  return one.port === other.port && (one.host === other.host || one.host === undefined || other.host === undefined)
}

function parseAddress(text: string): ListenAddress | undefined {
  const match = /^(?:(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(text)
  if (!match || Number(match[3]) > 65535) return undefined
  return { host: match[1] ?? match[2], port: Number(match[3]) }
}

/** `drain:` */
export const drainShape = z
  .strictObject({
    accept: timeSpan
      .optional()
      .describe(
        'How long connections are still accepted once it is not ready any more: until whoever sends requests has heard. Until none is open, half a second at most, unless given.',
      ),
    total: timeSpan.default(10_000).describe('From the signal to the end of the process, `accept` included.'),
  })
  .refine(({ accept = 0, total }) => accept < total, { path: ['accept'], message: 'longer than all of it: `total`' })
  .transform(({ accept, total }) => ({ acceptMs: accept, totalMs: total }))
  .prefault({})
  .meta({
    description: 'How the gateway ends after SIGTERM: not ready but accepting, then answering what it has taken.',
  })

/** How the gateway ends. */
export type DrainSettings = z.output<typeof drainShape>
