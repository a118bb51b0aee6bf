import type { SecureContextOptions } from 'node:tls'
import type { ListenSettings } from '../config/listen.ts'
import type { TlsRole, TlsSettings } from '../config/listen-tls.ts'
import type { ConfigTexts } from '../config/texts.ts'
import type { TlsFile } from '../config/tls-files.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { type Certificate, readCertificates, readPrivateKey } from '../x509.ts'
import { hashContent } from './hash.ts'
import type { World } from './world.ts'

/** A certificate with its key, both PEM. */
export interface CertificatePair {
  readonly cert: string
  readonly key: string
  /** That clients ask for it by. */
  readonly names: readonly string[]
  /** In milliseconds since the epoch. */
  readonly expiresMs: number
}

/** With what a listener speaks TLS. */
export interface ListenerTls {
  /** Its name. */
  readonly listener: string
  readonly settings: TlsSettings
  readonly pairs: readonly CertificatePair[]
  readonly clientCa: string | undefined
  readonly crl: string | undefined
  /** What seals sessions, a character a byte; undefined where the file says nothing of it. */
  readonly ticketKey: string | undefined
  /** Equal for what is made of the same files. */
  readonly key: string
}

const ticketKeyBytes = 48

/**
 * Looks at what listeners speak TLS with: a certificate and its key belong together, and every file is what its place
 * asks for. Beside the world, which a new certificate does not change.
 */
export function bindCertificates(
  { settings, gateway, certificates }: Pick<World, 'settings' | 'gateway' | 'certificates'>,
  { tlsFiles = [], readAtMs = 0 }: ConfigTexts,
  diagnostics: DiagnosticCollector,
): readonly ListenerTls[] {
  for (const { path, text, isAuthority, at } of certificates)
    for (const fault of faultsOfTime(readCertificates(text), readAtMs, isAuthority))
      diagnostics.add('expired-certificate', `${path} ${fault}`, at)
  if (tlsFiles.length === 0 || !gateway) return []
  const all = [...settings.listen.entries(), ['admin', settings.admin.listen] as const]
  return all.flatMap(([index, listener]) => {
    const files = tlsFiles.filter((file) => file.listener === index)
    const report: Report = (code, message, { path }, help) => diagnostics.add(code, message, gateway.locate(path), help)
    return (listener.tls && bindListener(listener, listener.tls, files, readAtMs, report)) ?? []
  })
}

type Report = (
  code: 'file-unreadable' | 'invalid-value' | 'expired-certificate',
  message: string,
  file: TlsFile,
  help?: string,
) => void

function bindListener(
  { name }: ListenSettings,
  settings: TlsSettings,
  files: readonly TlsFile[],
  nowMs: number,
  report: Report,
): ListenerTls | undefined {
  for (const file of files)
    if (file.reason !== undefined) report('file-unreadable', `${file.file} cannot be read: ${file.reason}`, file)
  const find = (role: TlsRole, index = 0) =>
    files.find((file): file is ReadFile => file.role === role && file.index === index && file.text !== undefined)
  const pairs = settings.certs.map((_, index) => {
    const [cert, key] = [find('cert', index), find('key', index)]
    return cert && key && bindPair(cert, key, nowMs, report)
  })
  checkNamesAreUsed(pairs, (index) => find('cert', index)!, report)
  const [ca, crl, tickets] = [find('clientCa'), find('crl'), find('tickets')]
  const isCaGood = !ca || readCertificates(ca.text) !== undefined
  if (ca)
    for (const fault of faultsOfTime(readCertificates(ca.text), nowMs, true))
      report('expired-certificate', `${ca.file} ${fault}`, ca, 'whom it vouches for is refused')
  if (ca && !isCaGood) report('invalid-value', `${ca.file} holds no certificate`, ca)
  const isCrlGood = !crl || checkIsLoadable(crl, { crl: crl.text }, 'it holds no list of revoked certificates', report)
  if (tickets && tickets.text.length !== ticketKeyBytes) {
    const help = `make one: openssl rand ${ticketKeyBytes} > ${tickets.name}`
    report('invalid-value', `${tickets.file} holds ${tickets.text.length} bytes, not ${ticketKeyBytes}`, tickets, help)
  }
  const whole = pairs.filter((pair) => pair !== undefined)
  if (whole.length < settings.certs.length || !isCaGood || !isCrlGood) return undefined
  return {
    listener: name,
    settings,
    pairs: whole,
    clientCa: ca?.text,
    crl: crl?.text,
    ticketKey: tickets?.text,
    key: hashContent(name, ...files.flatMap(({ file, role, text = '' }) => [file, role, text])),
  }
}

type ReadFile = TlsFile & { readonly text: string }

function bindPair(cert: ReadFile, key: ReadFile, nowMs: number, report: Report): CertificatePair | undefined {
  const certificates = readCertificates(cert.text)
  const privateKey = readPrivateKey(key.text)
  const [own] = certificates ?? []
  if (!own) report('invalid-value', `${cert.file} holds no certificate`, cert, 'a PEM file begins with -----BEGIN')
  if (!privateKey) {
    const help = 'a PEM file begins with -----BEGIN, and the key in it is not encrypted'
    report('invalid-value', `${key.file} holds no private key`, key, help)
  }
  if (!own || !privateKey) return undefined
  if (!own.hasKey(privateKey)) {
    const help = 'both are renewed together: one of them may be of before'
    report('invalid-value', `${key.file} is not the key of the certificate in ${cert.file}`, key, help)
    return undefined
  }
  if (!checkIsLoadable(cert, { cert: cert.text, key: key.text }, 'it cannot be served', report)) return undefined
  // Clients refuse it themselves: that is no reason to refuse what else there is.
  for (const fault of faultsOfTime(certificates, nowMs))
    report('expired-certificate', `${cert.file} ${fault}`, cert, 'clients refuse it: renew it')
  return {
    cert: cert.text,
    key: key.text,
    names: own.names,
    expiresMs: Math.min(...certificates!.map((one) => one.expiresMs)),
  }
}

/** A chain needs every certificate of it, authorities are there where one of them is good. */
function faultsOfTime(
  certificates: readonly Certificate[] | undefined = [],
  nowMs: number,
  isOneEnough = false,
): readonly string[] {
  const day = (ms: number) => new Date(ms).toISOString()
  const faults = certificates.flatMap(({ expiresMs, startsMs }) => {
    if (expiresMs <= nowMs) return [`has expired at ${day(expiresMs)}`]
    return startsMs > nowMs ? [`is not valid before ${day(startsMs)}`] : []
  })
  return isOneEnough && faults.length < certificates.length ? [] : faults
}

/** What only the library that serves it can tell. */
function checkIsLoadable(file: TlsFile, parts: SecureContextOptions, message: string, report: Report): boolean {
  try {
    process.getBuiltinModule('node:tls').createSecureContext(parts)
    return true
  } catch (thrown) {
    report('invalid-value', `${file.file}: ${message}`, file, `OpenSSL: ${(thrown as Error).message}`)
    return false
  }
}

/** One that no name picks, and that is not the first, is never sent. */
function checkNamesAreUsed(
  pairs: readonly (CertificatePair | undefined)[],
  fileOf: (index: number) => TlsFile,
  report: Report,
): void {
  const taken = new Set<string>()
  for (const [index, pair] of pairs.entries()) {
    if (!pair) continue
    const own = pair.names.filter((name) => !taken.has(name))
    if (index > 0 && own.length === 0) {
      const message = `no client is shown this certificate: its names (${pair.names.join(', ') || 'none'}) pick another`
      report('invalid-value', message, fileOf(index), 'leave one of them away')
    }
    for (const name of own) taken.add(name)
  }
}
