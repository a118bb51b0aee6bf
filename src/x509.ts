import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'

/** A certificate, as far as a server has to know it. */
export interface Certificate {
  /** The names it is for, in lower case; `*.` stands for one label. */
  readonly names: readonly string[]
  readonly startsMs: number
  readonly expiresMs: number
  readonly hasKey: (key: KeyObject) => boolean
}

const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** Reads every certificate of a PEM text, which is undefined where there is none or one of them is broken. */
export function readCertificates(text: string): readonly Certificate[] | undefined {
  const blocks = text.match(pem)
  if (!blocks) return undefined
  try {
    return blocks.map((block) => read(new X509Certificate(block)))
  } catch {
    return undefined
  }
}

/** Reads a PEM text; undefined for what is no private key, or one that is encrypted. */
export function readPrivateKey(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text)
  } catch {
    return undefined
  }
}

function read(certificate: X509Certificate): Certificate {
  return {
    names: namesOf(certificate),
    startsMs: Date.parse(certificate.validFrom),
    expiresMs: Date.parse(certificate.validTo),
    hasKey: (key) => certificate.checkPrivateKey(key),
  }
}

/** RFC 9525: the subject's own name counts for nothing where alternatives are said, and for little where none are. */
function namesOf({ subjectAltName, subject }: X509Certificate): readonly string[] {
  const names =
    subjectAltName === undefined
      ? [/^CN=(.+)$/m.exec(subject ?? '')?.[1] ?? []].flat()
      : subjectAltName.split(', ').flatMap((name) => /^DNS:([^"\s]+)$/.exec(name)?.[1] ?? [])
  return names.map((name) => name.toLowerCase())
}
