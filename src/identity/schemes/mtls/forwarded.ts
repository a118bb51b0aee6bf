import { nameOfHost } from '../../alternative-names.ts'
import type { ClientCertificate } from '../../credential.ts'

/** `Key=value` or `Key="quoted"`, and what ends it. */
const pair = /\s*([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;]*))\s*(;|$)/y

/**
 * The certificate of which a proxy says in `x-forwarded-client-cert` that its client has shown it (Envoy's). Undefined
 * where that says of none, of more than one, or cannot be read in one way: who has appended to what a client sent is not to
 * be told from a client who has made it all up.
 */
export function readForwarded(text: string): ClientCertificate | undefined {
  const subjects: string[] = []
  const names: string[] = []
  let at = 0
  do {
    pair.lastIndex = at
    const found = pair.exec(text)
    if (!found) return undefined
    at = pair.lastIndex
    const [, key = '', quoted, plain = ''] = found
    const value = quoted === undefined ? plain : quoted.replaceAll(/\\(.)/g, '$1')
    const kind = key.toLowerCase()
    if (kind === 'subject') subjects.push(value)
    else if (kind === 'uri' && value !== '') names.push(value)
    else if (kind === 'dns' && value !== '') names.push(nameOfHost(value))
  } while (at < text.length)
  if (subjects.length > 1) return undefined
  return { subject: subjects[0] ?? '', names, expiresMs: undefined }
}
