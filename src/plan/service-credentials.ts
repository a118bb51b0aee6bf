import type { ServiceDefinition } from '../config/service.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { faultOfKey } from '../endpoints/credentials/client-assertion.ts'
import type { CredentialTarget } from '../endpoints/credentials/settings.ts'
import { textNow } from '../environment.ts'
import { hashContent } from './hash.ts'

/** What a service is shown. */
export function bindCredentials(
  { source, definition }: ServiceDefinition,
  diagnostics: DiagnosticCollector,
): CredentialTarget | undefined {
  const { auth: settings } = definition
  if (!settings) return undefined
  if (settings.kind === 'oauth2' && settings.clientAuth === 'private-key') {
    const fault = faultOfKey(textNow(settings.clientSecret))
    const at = source.locate(['auth', 'oauth2', 'clientSecret'])
    if (fault !== undefined) diagnostics.add('invalid-value', fault, at, 'name its file: `${file:client.key}`')
  }
  // A text that names files stands as it is written: what they hold may change below it.
  return { settings, key: hashContent(JSON.stringify(settings)) }
}
