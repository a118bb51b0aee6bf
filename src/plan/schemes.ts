import { checkHeaderMayCome } from '../binding/headers-of-proxies.ts'
import type { GatewaySettings } from '../config/gateway.ts'
import type { ConfigTexts } from '../config/texts.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { Scheme } from '../identity/scheme.ts'
import { parseYamlInSteps } from '../yaml/parse.ts'
import type { Source } from '../yaml/source.ts'
import type { AuthWorld } from './access.ts'
import type { Work } from './work.ts'

/**
 * Binds the schemes that the gateway's file declares, and what holds where a route says nothing of them. `isSaid`: all
 * that says so could be read.
 */
export function* bindSchemes(
  { auth, defaults, trustedProxies, publicUrl }: GatewaySettings,
  gateway: Source | undefined,
  texts: Pick<ConfigTexts, 'schemeFiles' | 'env'>,
  isSaid: boolean,
  diagnostics: DiagnosticCollector,
): Work<AuthWorld> {
  const written = Object.keys((gateway?.valueAt(['auth']) as object | undefined) ?? {})
  const isWhole = isSaid && written.every((name) => Object.hasOwn(auth, name))
  const schemes = new Map<string, Scheme>()
  for (const [name, { kind, settings }] of Object.entries(auth)) {
    const text = texts.schemeFiles?.find(({ scheme }) => scheme === name)
    const file = text && (yield* parseYamlInSteps(text, {}, diagnostics))
    const fault = file && kind.checkFile?.(file.value)
    if (fault !== undefined) diagnostics.add('invalid-value', fault, file!.locate([]))
    for (const { in: place, name: header } of trustedProxies.length === 0 ? kind.places(settings, name) : [])
      if (place === 'header') checkHeaderMayCome(header, gateway!.locate(['auth', name]), diagnostics)
    const key = JSON.stringify([name, kind.name, settings, text?.text, publicUrl])
    schemes.set(name, { name, kind, settings, file: file?.value, publicUrl, key })
    if (kind.signsIn && publicUrl === undefined && isSaid) {
      const help = 'say where browsers find the gateway: `publicUrl: https://…`'
      diagnostics.add('missing-key', '`publicUrl` is missing', gateway!.locateKey(['auth', name, kind.name]), help)
    }
  }
  const rule = defaults.auth ?? 'none'
  if (written.length > 0 && defaults.auth === undefined && isSaid) {
    const help = 'say what holds where a route says nothing: `defaults: { auth: … }`, `none` too'
    diagnostics.add('missing-key', '`defaults.auth` is missing', gateway!.locateKey(['auth']), help)
  }
  const unknown = rule === 'none' ? undefined : rule.schemes.find((name) => !schemes.has(name))
  if (unknown !== undefined && isWhole) {
    const at = gateway!.locate(['defaults', 'auth'])
    diagnostics.add('unknown-scheme', `there is no scheme \`${unknown}\``, at, didYouMean(unknown, schemes.keys()))
  }
  return { schemes, isWhole, rule, failures: defaults.authFailures }
}
