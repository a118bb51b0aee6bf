import { bindCondition } from '../binding/bind.ts'
import type { Language } from '../binding/color.ts'
import type { Read } from '../binding/reference.ts'
import { within } from '../binding/shape.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
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
import type { Presets } from './presets.ts'
import type { RequestParts } from './request-parts.ts'
import { isInherited, type RouteSettings } from './route-settings.ts'
import { placeOf, ruleSaid, type SaidAccess, saidOfAccess } from './said-access.ts'
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
  /** The preset that says so, where the route does not. */
  readonly saidAt?: Location | undefined
  /** Where clients read whom to ask for a token (RFC 9728). */
  readonly metadataUrl?: string
}

/** What who asks needs beyond being known. */
export interface RouteGrants {
  readonly scopes: readonly string[]
  /** One of each. */
  readonly roles: readonly (readonly string[])[]
  /** As it is written, for people. */
  readonly allow: string | undefined
  /** Whether it lets in; throws where it cannot be told. */
  readonly test: ((document: Document) => boolean) | undefined
  readonly view: ((request: RequestParts, work: WorkBudget) => Document) | undefined
  /** Presets that add to what the route says. */
  readonly addedAt?: readonly Location[] | undefined
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
  parsed: ParsedRoute,
  { cache }: RouteSettings,
  { schemes, rule: otherwise, isWhole, failures }: AuthWorld,
  presets: Presets,
  language: Pick<Language, 'diagnostics' | 'usedNames'>,
): RouteAccess | undefined {
  const { position } = parsed
  const { diagnostics } = language
  const said = ruleSaid(saidOfAccess(parsed, presets, language), language)
  const rule = said?.rule ?? otherwise
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
  if (unknown !== undefined && isWhole && said)
    diagnostics.add('unknown-scheme', `there is no scheme \`${unknown}\``, said.at, didYouMean(unknown, schemes.keys()))
  const saidAt = said?.by === 'preset' ? said.at : undefined
  return { mode: rule.mode, schemes: known, optional: rule.optional, isPublic, failures, ...(saidAt && { saidAt }) }
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

/**
 * Binds `scopes`, `roles` and `allow` of a route and of the presets that it uses, which all hold: nobody opens what another one
 * closes. Undefined where there is none.
 */
export function bindGrants(
  parsed: ParsedRoute,
  presets: Presets,
  access: RouteAccess | undefined,
  inputs: readonly BoundInput[],
  language: Language,
): RouteGrants | undefined {
  const said = saidOfAccess(parsed, presets, language)
  for (const one of access ? [] : said) checkSomebodyIsAsked(one, parsed, language)
  const scopes = [...new Set(said.flatMap(({ values }) => values.scopes ?? []))]
  const roles = said.flatMap(({ values }) => (values.roles ? [values.roles] : []))
  const conditions = said.flatMap((one) => (one.values.allow === undefined ? [] : bindAllow(one, inputs, language)))
  if (conditions.length + scopes.length + roles.length === 0) return undefined
  const added = said.filter(({ by, values }) => by === 'preset' && (values.scopes || values.roles || values.allow))
  const addedAt = added.map(({ position: { source, path } }) => source.locateKey(path))
  const asked = { scopes, roles, ...(addedAt.length > 0 && { addedAt }) }
  const [first, ...others] = conditions
  if (!first) return { ...asked, allow: undefined, test: undefined, view: undefined, reads: [] }
  if (others.length === 0) return { ...asked, ...first }
  const reads = conditions.flatMap((one) => one.reads)
  return {
    ...asked,
    allow: conditions.map(({ allow }) => `(${allow})`).join(' && '),
    test: (document) => conditions.every(({ test }) => test(document) === true),
    view: new EarlyReads(inputs, language).view(reads, parsed.position.source.locate(['use'])),
    reads,
  }
}

function checkSomebodyIsAsked({ by, values, position }: SaidAccess, route: ParsedRoute, language: Language): void {
  const asked = (['scopes', 'roles'] as const).find((key) => values[key] !== undefined)
  if (!asked) return
  const { source } = route.position
  language.diagnostics.add(
    'unfilled-claims',
    `nobody is asked who he is, so nobody has \`${asked}\``,
    by === 'route' ? position.source.locateKey([asked]) : source.locateKey(['use']),
    'say who may ask: `auth`',
  )
}

function bindAllow(said: SaidAccess, inputs: readonly BoundInput[], language: Language) {
  const at = within(said.position, 'allow')
  const { source, test, reads } = bindCondition(said.values.allow!, at, language, { strict: true })
  checkNegationsCareForAbsence(said.values.allow!, at, language)
  const view = new EarlyReads(inputs, language).view(reads, placeOf(said, 'allow'))
  return { allow: source, test, view, reads }
}
