import * as z from 'zod'

/** A certificate, its chain behind it, and its key: files, as they are written. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

/** How a listener speaks TLS. Files are named as they are written; what they hold is `plan/certificates.ts`'s. */
export interface TlsSettings {
  /** The first is for clients that ask for no name, or for one that none is for. */
  readonly certs: readonly CertificateFiles[]
  readonly minVersion: '1.2' | '1.3'
  /** Who signs clients' certificates; undefined: none is asked for. */
  readonly clientCa: string | undefined
  /** Whether a client without a good one is let in, as one that has none. */
  readonly clientCert: 'request' | 'require'
  readonly crl: string | undefined
  /** What seals session tickets; undefined: random, and new now and then. */
  readonly tickets: string | undefined
}

const file = z.string().min(1)
const cert = file.describe('A PEM file: the certificate, and those between it and the root behind it.')
const key = file.describe('A PEM file: the private key, not encrypted.')

/** `tls:` of a listener. */
export const tlsShape = z
  .strictObject({
    cert: cert.optional(),
    key: key.optional(),
    certs: z
      .array(z.strictObject({ cert, key }))
      .min(1)
      .optional()
      .describe(
        'In place of `cert` and `key` where there are several: the name that a client asks for picks one, the first is for all others.',
      ),
    minVersion: z.enum(['1.2', '1.3']).default('1.2').describe('The oldest version of TLS that is spoken.'),
    clientCa: file
      .optional()
      .describe('A PEM file of who signs clients’ certificates. With it clients are asked for one.'),
    clientCert: z
      .enum(['request', 'require'])
      .optional()
      .describe(
        '`request`: a client without a certificate, or with one that cannot be verified, is let in as one that has none. `require`: it is not.',
      ),
    crl: file.optional().describe('A PEM file of the certificates that `clientCa` has taken back.'),
    tickets: z
      .array(file)
      .refine(({ length }) => length === 1, 'sessions are sealed and opened by one key: name the newest alone')
      .optional()
      .describe(
        'A file of 48 random bytes that seals sessions, so that gateways which share it take up each other’s. Random, and new every 12 hours, unless given.',
      ),
  })
  .superRefine(({ cert, key, certs, clientCa, clientCert, crl }, context) => {
    const tell = (message: string, ...path: string[]) => context.addIssue({ code: 'custom', path, message })
    if (certs !== undefined && (cert !== undefined || key !== undefined))
      tell('one certificate is `cert` and `key`, several are `certs`', 'certs')
    else if (certs === undefined && (cert === undefined || key === undefined))
      tell('a listener with `tls` has a `cert` and its `key`, or `certs`')
    if (clientCa !== undefined) return
    const help = 'name who signs clients’ certificates: `clientCa`'
    if (clientCert !== undefined) tell(`nobody says which certificates are good: ${help}`, 'clientCert')
    if (crl !== undefined) tell(`nobody signs what it takes back: ${help}`, 'crl')
  })
  .transform(
    ({ cert, key, certs, clientCert = 'request', minVersion, tickets, clientCa, crl }): TlsSettings => ({
      certs: certs ?? [{ cert: cert!, key: key! }],
      minVersion,
      clientCa,
      clientCert,
      crl,
      tickets: tickets?.[0],
    }),
  )
  .meta({ description: 'TLS: clients speak HTTPS here, and nothing else.' })

/** What a file is to its listener. */
export type TlsRole = 'cert' | 'key' | 'clientCa' | 'crl' | 'tickets'

/** A file that a listener names, and where that stands. */
export interface TlsFileName {
  /** From the root of the gateway's file. */
  readonly path: readonly (string | number)[]
  /** Of a listener for clients, in their order. */
  readonly listener: number | 'admin'
  readonly role: TlsRole
  /** Of the certificate, where there may be several. */
  readonly index: number
  /** As it is written. */
  readonly name: string
}

/** The files that the listeners of a file name, of which it is not yet known whether it is right. */
export function findTlsFiles(value: unknown, textOf: (value: unknown) => unknown): TlsFileName[] {
  const found: TlsFileName[] = []
  for (const [listener, place, written] of writtenIn(membersOf(value))) {
    const tls = membersOf(membersOf(written)['tls'])
    const note = (role: TlsRole, index: number, value: unknown, ...path: (string | number)[]) => {
      const name = textOf(value)
      const at = [...place, 'tls', ...path]
      if (typeof name === 'string' && name !== '') found.push({ path: at, listener, role, index, name })
    }
    for (const role of ['cert', 'key', 'clientCa', 'crl'] as const) note(role, 0, tls[role], role)
    for (const [index, pair] of listOf(tls['certs']).entries()) {
      for (const role of ['cert', 'key'] as const) note(role, index, membersOf(pair)[role], 'certs', index, role)
    }
    const [ticket, ...others] = listOf(tls['tickets'])
    if (others.length === 0) note('tickets', 0, ticket, 'tickets', 0)
  }
  return found
}

type WrittenListener = readonly [
  listener: TlsFileName['listener'],
  place: readonly (string | number)[],
  written: unknown,
]

function writtenIn({ listen, admin }: Readonly<Record<string, unknown>>): readonly WrittenListener[] {
  const ofClients: WrittenListener[] = Array.isArray(listen)
    ? listen.map((one: unknown, index) => [index, ['listen', index], one])
    : [[0, ['listen'], listen]]
  return [...ofClients, ['admin', ['admin', 'listen'], membersOf(admin)['listen']]]
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
