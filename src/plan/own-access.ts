import type { Language } from '../binding/color.ts'
import type { Position } from '../binding/shape.ts'
import type { GatewaySettings } from '../config/gateway.ts'
import { isPrivate } from '../config/listen.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { Scheme } from '../identity/scheme.ts'
import type { ServiceOperation } from '../steps/service-operation.ts'
import type { Source } from '../yaml/source.ts'
import { type AuthWorld, defaultAccess, type RouteAccess } from './access.ts'
import type { Catalogue } from './catalogue.ts'
import { bindDebugRule, type DebugRule } from './debug-rule.ts'
import { bindAskedOperations, bindQuestions } from './scheme-questions.ts'

/** What schemes ask, and who may ask for what is no route. */
export interface OwnAccess {
  /** Operations that schemes ask, by scheme. */
  readonly askedOperations: ReadonlyMap<string, ServiceOperation>
  /** Who may ask for what the gateway answers by itself. */
  readonly ownAccess: RouteAccess | undefined
  /** Who may ask for tools. */
  readonly toolsAccess: RouteAccess | undefined
  /** Who may ask at the admin listener. */
  readonly adminAccess: RouteAccess | undefined
  /** Whose wishes to be recorded, and to see lineage, are heeded; undefined where nobody's. */
  readonly debug: DebugRule | undefined
}

export function bindOwnAccess(
  settings: GatewaySettings,
  gateway: Source | undefined,
  auth: AuthWorld,
  catalogue: Catalogue | undefined,
  language: Language | undefined,
  diagnostics: DiagnosticCollector,
): OwnAccess {
  const ownAccess = settings.openapi ? defaultAccess(auth) : undefined
  const { mcp } = settings
  const toolsAccess = mcp && defaultAccess({ ...auth, rule: mcp.auth ?? auth.rule })
  const adminAccess = bindAdminAccess(settings, gateway, auth, diagnostics)
  if (!gateway || !catalogue || !language)
    return { askedOperations: new Map(), ownAccess, toolsAccess, adminAccess, debug: undefined }
  const locate = (scheme: Scheme) => locateQuestion(scheme, gateway)
  const askedOperations = bindAskedOperations(auth.schemes, locate, catalogue, language)
  const bind = (access: RouteAccess | undefined, name: string, ...path: string[]) =>
    bindQuestions(access, name, [], askedOperations, catalogue, gateway.locate(path), language)
  return {
    askedOperations,
    ownAccess: bind(ownAccess, 'openapi.json', 'openapi'),
    toolsAccess: bind(toolsAccess, 'mcp', 'mcp'),
    adminAccess: bind(adminAccess, 'admin', 'admin', 'auth'),
    debug: bindDebugRule(settings, gateway, language),
  }
}

/** Binds who may ask at the admin listener; undefined where nobody is asked. */
function bindAdminAccess(
  { admin, trustedProxies }: GatewaySettings,
  gateway: Source | undefined,
  auth: AuthWorld,
  diagnostics: DiagnosticCollector,
): RouteAccess | undefined {
  const { auth: rule } = admin
  if (!gateway || rule === undefined || rule === 'none') return undefined
  const access = defaultAccess({ ...auth, rule })
  const at = gateway.locate(['admin', 'auth'])
  const unknown = rule.schemes.find((name) => !auth.schemes.has(name))
  if (unknown !== undefined && auth.isWhole)
    diagnostics.add('unknown-scheme', `there is no scheme \`${unknown}\``, at, didYouMean(unknown, auth.schemes.keys()))
  const inTheClear = access?.schemes.find(
    ({ kind, settings, name }) =>
      kind.challenge === 'Basic' || kind.places(settings, name).some((place) => place.in === 'cookie'),
  )
  if (inTheClear && !isPrivate(admin.listen) && !admin.listen.tls && trustedProxies.length === 0) {
    const help =
      'give it `tls`, or end that at a proxy in front that `trustedProxies` lists, or bind the listener to this machine'
    const message = `what \`${inTheClear.name}\` looks at would come to the admin listener in the clear, and is refused there`
    diagnostics.add('invalid-value', message, at, help)
  }
  return access
}

/** Where the gateway's file names the operation that a scheme asks. */
function locateQuestion({ name, kind }: Scheme, source: Source): Position {
  const path = ['auth', name, kind.name]
  return { source, path: typeof source.valueAt(path) === 'string' ? path : [...path, 'operation'] }
}
