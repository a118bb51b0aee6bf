import { bindCondition } from '../binding/bind.ts'
import type { Language } from '../binding/color.ts'
import type { Read } from '../binding/reference.ts'
import { within } from '../binding/shape.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { Document } from '../expressions/document.ts'
import type { WorkBudget } from '../expressions/work.ts'
import type { AuthRule } from '../identity/access.ts'
import type { CredentialPlace } from '../identity/credential.ts'
import type { FailureRate } from '../identity/failures.ts'
import type { Scheme } from '../identity/scheme.ts'
import type { ParsedRoute } from '../routes/route.ts'
import { EarlyReads } from './admission/early.ts'
import { checkNegationsCareForAbsence } from './checks/negations-care-for-absence.ts'
import type { BoundInput } from './inputs.ts'
import type { RequestParts } from './request-parts.ts'
import { isInherited, type RouteSettings } from './route-settings.ts'
import type { SchemeQuestion } from './scheme-question.ts'

/** Who may ask a route. */
export interface RouteAccess {
  readonly mode: AuthRule['mode']
  readonly schemes: readonly Scheme[]
  /** Whether who brings no credential passes too. */
  readonly optional: boolean
  /** Whether caches that many share may keep what it answers. */
  readonly isPublic: boolean
  /** How often one address may come with credentials that are none. */
  readonly failures: FailureRate | undefined
  /** Those of its schemes that ask an operation, by their names. */
  readonly asks?: ReadonlyMap<string, SchemeQuestion>
  /** Where clients read whom to ask for a token (RFC 9728). */
  readonly metadataUrl?: string
}

/** What who asks needs beyond being known. */
export interface RouteGrants {
  readonly scopes: readonly string[]
  readonly roles: readonly string[]
  /** As it is written, for people. */
  readonly allow: string | undefined
  /** Whether it lets in; throws where it cannot be told. */
  readonly test: ((document: Document) => boolean) | undefined
  readonly view: ((request: RequestParts, work: WorkBudget) => Document) | undefined
  /** What `allow` reads. */
  readonly reads: readonly Read[]
}

/** What of its files says who may ask. */
export interface AuthWorld {
  readonly schemes: ReadonlyMap<string, Scheme>
  /** False where a scheme could not be read. */
  readonly isWhole: boolean
  /** Where a route says nothing. */
  readonly rule: AuthRule | 'none'
  readonly failures: FailureRate | undefined
}

/** Who may ask a route, once it is known what it takes of a request. */
export type BindGuard = (inputs: readonly BoundInput[]) => RouteAccess | undefined

/** Finds out who may ask a route; undefined where everybody may. */
export function bindAccess(
  { definition, position }: ParsedRoute,
  { cache }: RouteSettings,
  { schemes, rule: otherwise, isWhole, failures }: AuthWorld,
  diagnostics: DiagnosticCollector,
): RouteAccess | undefined {
  const rule = definition.auth ?? otherwise
  const isPublic = cache?.value?.public ?? false
  if (rule === 'none') {
    if (isPublic && cache && !isInherited(cache)) {
      const at = position.source.locateKey(['cache', 'public'])
      diagnostics.add('invalid-value', '`public` says nothing where everybody may ask', at, 'leave it out')
    }
    return undefined
  }
  const known = rule.schemes.flatMap((name) => schemes.get(name) ?? [])
  const unknown = rule.schemes.find((name) => !schemes.has(name))
  if (unknown !== undefined && isWhole && definition.auth !== undefined) {
    const at = position.source.locate(['auth'])
    diagnostics.add('unknown-scheme', `there is no scheme \`${unknown}\``, at, didYouMean(unknown, schemes.keys()))
  }
  return { mode: rule.mode, schemes: known, optional: rule.optional, isPublic, failures }
}

/** Who may ask for what the gateway answers by itself; undefined where everybody may. */
export function defaultAccess({ rule, schemes, failures }: AuthWorld): RouteAccess | undefined {
  if (rule === 'none') return undefined
  const known = rule.schemes.flatMap((name) => schemes.get(name) ?? [])
  return { mode: rule.mode, schemes: known, optional: rule.optional, isPublic: false, failures }
}

/** Where what says who asks may stand in a request of a route. */
export function placesOf(access: RouteAccess | undefined): readonly CredentialPlace[] {
  const own = (access?.schemes ?? []).flatMap(({ kind, settings, name }) => kind.places(settings, name))
  return [...own, ...[...(access?.asks?.values() ?? [])].flatMap(({ places }) => places)]
}

/** Binds `scopes`, `roles` and `allow`; undefined where there is none. */
export function bindGrants(
  { definition, position }: ParsedRoute,
  access: RouteAccess | undefined,
  inputs: readonly BoundInput[],
  language: Language,
): RouteGrants | undefined {
  const { scopes = [], roles = [], allow } = definition
  const { source } = position
  const asked = (['scopes', 'roles'] as const).find((key) => definition[key] !== undefined)
  if (asked && !access) {
    const help = 'say who may ask: `auth`'
    language.diagnostics.add(
      'unfilled-claims',
      `nobody is asked who he is, so nobody has \`${asked}\``,
      source.locateKey([asked]),
      help,
    )
  }
  if (allow === undefined)
    return asked ? { scopes, roles, allow, test: undefined, view: undefined, reads: [] } : undefined
  const at = within(position, 'allow')
  const condition = bindCondition(allow, at, language, { strict: true })
  checkNegationsCareForAbsence(allow, at, language)
  const view = new EarlyReads(inputs, language).view(condition.reads, source.locate(['allow']))
  return { scopes, roles, allow: condition.source, test: condition.test, view, reads: condition.reads }
}
