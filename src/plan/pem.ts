import { createRequire } from 'node:module'

/** Only services that say something of TLS have a use for them. */
const load = <Module>(name: string) => createRequire(import.meta.url)(name) as Module
const loadCrypto = () => load<typeof import('node:crypto')>('node:crypto')
const loadTls = () => load<typeof import('node:tls')>('node:tls')

const certificatePattern = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g

/** What is wrong with a file of authorities. OpenSSL passes over what it cannot read there, and then believes nobody. */
export function faultOfAuthorities(text: string): string | undefined {
  return faultOfCertificates(text)
}

/** What is wrong with a certificate and its key, and which of the two it is. No message tells what is in a key. */
export function faultOfPair(cert: string, key: string): { in: 'cert' | 'key'; message: string } | undefined {
  const fault = faultOfCertificates(cert)
  if (fault !== undefined) return { in: 'cert', message: fault }
  const { createPrivateKey, X509Certificate } = loadCrypto()
  let secret: import('node:crypto').KeyObject
  try {
    secret = createPrivateKey(key)
  } catch {
    const isSealed = /-----BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(key)
    return {
      in: 'key',
      message: isSealed ? 'the key is encrypted: there is nobody to ask' : 'there is no key (PEM) in it',
    }
  }
  if (!new X509Certificate(cert).checkPrivateKey(secret))
    return { in: 'key', message: 'it is not the key of the certificate' }
  try {
    loadTls().createSecureContext({ cert, key })
  } catch (thrown) {
    return { in: 'cert', message: `it cannot be used (${(thrown as NodeJS.ErrnoException).code})` }
  }
  return undefined
}

function faultOfCertificates(text: string): string | undefined {
  const found = text.match(certificatePattern) ?? []
  const begun = text.split('-----BEGIN CERTIFICATE-----').length - 1
  if (begun === 0) return 'there is no certificate (PEM) in it'
  const { X509Certificate } = loadCrypto()
  for (const [index, one] of found.entries()) {
    try {
      new X509Certificate(one)
    } catch {
      return `certificate ${index + 1} of ${begun} cannot be read`
    }
  }
  return found.length < begun ? `certificate ${found.length + 1} of ${begun} has no end` : undefined
}
