import type { ServiceDefinition } from '../config/service.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import type { TlsOptions, Wire } from '../transports/transport.ts'
import { hashContent } from './hash.ts'
import { faultOfAuthorities, faultOfPair } from './pem.ts'
import { findNamed } from './service-file.ts'

/** How a service is spoken to; undefined where its file says nothing of that. What cannot be used is reported. */
export function bindWire(service: ServiceDefinition, diagnostics: DiagnosticCollector): Wire | undefined {
  const { host, tls: written, proto } = service.definition
  const { http2 = proto !== undefined } = service.definition
  if (proto !== undefined && !http2) {
    const at = service.source.locate(['http2'])
    diagnostics.add('invalid-value', 'gRPC goes over HTTP/2', at, 'leave it away')
  }
  const tls = written && bindTls(service, diagnostics)
  if (host === undefined && !tls && !http2) return undefined
  return {
    ...(tls && { tls }),
    ...(host !== undefined && { host }),
    ...(http2 && { http2 }),
    key: hashContent(JSON.stringify([host, tls, http2])),
  }
}

/** A certificate that a service is believed by, or shown. */
export interface ServiceCertificate {
  /** As people see it. */
  readonly path: string
  readonly text: string
  /** One of those that vouch for it, of which some may be of before. */
  readonly isAuthority: boolean
  readonly at: Location
}

/** Those that the file of a service names, of which it is not said whether they are any. */
export function certificatesOf({ source, definition, files }: ServiceDefinition): readonly ServiceCertificate[] {
  return (['ca', 'cert'] as const).flatMap((key) => {
    const file = files.find(({ name, lack }) => name === definition.tls?.[key] && lack === undefined)
    return file
      ? [{ path: file.path, text: file.text, isAuthority: key === 'ca', at: source.locate(['tls', key]) }]
      : []
  })
}

function bindTls(service: ServiceDefinition, diagnostics: DiagnosticCollector): TlsOptions {
  const { source, definition } = service
  const { serverName, verify } = definition.tls!
  const find = (key: 'ca' | 'cert' | 'key') => findNamed(service, ['tls', key], diagnostics)
  const [ca, cert, key] = [find('ca'), find('cert'), find('key')]
  const tell = (at: string, message: string) => diagnostics.add('invalid-value', message, source.locate(['tls', at]))
  const caFault = ca && faultOfAuthorities(ca.text)
  if (caFault !== undefined) tell('ca', `${ca!.path}: ${caFault}`)
  const fault = cert && key && faultOfPair(cert.text, key.text)
  if (fault) tell(fault.in, `${(fault.in === 'cert' ? cert : key)!.path}: ${fault.message}`)
  if (!verify)
    diagnostics.add(
      'unverified-service',
      `nobody looks whether it is \`${definition.service}\` that answers: whoever is in between reads and changes all`,
      source.locate(['tls', 'verify']),
      'name who vouches for it: `ca: ./ca.crt`, and `serverName` where its certificate has another name',
    )
  checkIsUsed(service, diagnostics)
  return {
    ...(ca && { ca: ca.text }),
    ...(cert && key && { cert: cert.text, key: key.text }),
    ...(serverName !== undefined && { servername: serverName.replace(/\.$/, '') }),
    ...(!verify && { rejectUnauthorized: false }),
  }
}

/** Where all endpoints are known, and none of them speaks TLS. */
function checkIsUsed({ source, definition }: ServiceDefinition, diagnostics: DiagnosticCollector): void {
  // What is only meant so (`tsl`) has been reported.
  if (source.valueAt(['tls']) === undefined) return
  const places = definition.versions ? Object.values(definition.versions) : [definition]
  const isPlain = places.every(({ endpoints }) => endpoints?.every(({ url }) => new URL(url).protocol === 'http:'))
  if (!isPlain) return
  const message = 'its endpoints are all of http, and nothing here holds for them'
  diagnostics.add('invalid-value', message, source.locateKey(['tls']), 'write https:// where they speak TLS')
}
