import { textNow } from '../../environment.ts'
import { GatewayError } from '../../errors.ts'
import { isHeaderValue } from '../../header-fields.ts'
import type { CredentialParts, Credentials } from './credentials.ts'
import type { CredentialSettings } from './settings.ts'
import { TokenSource } from './token-source.ts'

export function openCredentials(settings: CredentialSettings, parts: CredentialParts): Credentials {
  if (settings.kind === 'oauth2') return new TokenSource(settings, parts)
  return settings.kind === 'bearer'
    ? standing(() => `Bearer ${textNow(settings.token)}`)
    : standing(() => `Basic ${Buffer.from(`${settings.user}:${textNow(settings.password)}`).toString('base64')}`)
}

/** What nobody has to be asked for: it is what stands in the file, or in one that it names, now. */
function standing(read: () => string): Credentials {
  const now = () => {
    const text = read()
    if (isHeaderValue(text)) return text
    throw new GatewayError('credentials-unavailable', { reason: 'what is to be shown cannot stand in a header' })
  }
  return { now, get: async () => now(), refuse: () => false }
}
