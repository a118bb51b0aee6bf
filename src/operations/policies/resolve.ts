import type { Language } from '../../binding/color.ts'
import { checkListedCodes } from '../../binding/error-codes.ts'
import { type Position, within } from '../../binding/shape.ts'
import type { PolicyKind, PolicyKinds, SitePolicy } from '../../calls/policy.ts'
import type { Misfit, PolicyBinder, PolicyOperation } from '../../calls/policy-binding.ts'
import type { BoundOperation } from '../bound-operation.ts'
import type { PolicyOrigin } from '../origin.ts'

/** A policy as one owner declares it; `false`: not here. */
interface Declared {
  readonly config: unknown
  readonly origin: PolicyOrigin
}

/** What one owner says of policies, by their names. */
export type DeclaredPolicies = ReadonlyMap<string, Declared>

/** What is said of one policy around a call. */
export interface ResolvedPolicy {
  readonly kind: PolicyKind
  /** Undefined where it does not hold: it was taken back, or does not fit. */
  readonly config: unknown
  readonly misfit: Pick<Misfit, 'short'> | undefined
  readonly origin: PolicyOrigin
}

/** Who declares policies, and where. */
export interface Declaring extends Omit<PolicyBinder, 'report' | 'operation'> {
  readonly by: PolicyOrigin['by']
  readonly kinds: PolicyKinds
  readonly position: Position
  /** The one that they are to stand around; undefined for a service, whose policies hold for those that they fit. */
  readonly operation: (Askable & Pick<BoundOperation, 'name'>) | undefined
  /** Error codes that its calls may fail with beside those that any may: one that a policy lists and none fails with is told. */
  readonly errorNames: readonly string[]
  readonly language: Language
}

/**
 * Binds what one owner says of policies. What is said of one operation has to fit it.
 * @param values what stands at the place, by keys
 */
export function declarePolicies(values: Readonly<Record<string, unknown>>, declaring: Declaring): DeclaredPolicies {
  const declared = new Map<string, Declared>()
  for (const kind of declaring.kinds) {
    const written = values[kind.name]
    if (written === undefined) continue
    const config = written === false ? false : bindOne(kind, written, declaring)
    if (config === undefined) continue
    const { source, path } = declaring.position
    declared.set(kind.name, { config, origin: { by: declaring.by, at: source.locateKey([...path, kind.name]) } })
  }
  return declared
}

function bindOne(kind: PolicyKind, written: unknown, declaring: Declaring): unknown {
  const { position, operation, service, services, errorNames, language } = declaring
  const { diagnostics } = language
  const { source } = position
  for (const { codes, path } of kind.errorCodes?.(written) ?? [])
    checkListedCodes(codes, errorNames, within(position, kind.name, ...path), language)
  const report: PolicyBinder['report'] = (code, message, path, help) =>
    diagnostics.add(code, message, source.locate([...position.path, kind.name, ...path]), help)
  const config = kind.bind ? kind.bind(written, { service, operation: operation?.name, services, report }) : written
  const misfit = operation && config !== undefined ? misfitOf(kind, config, operation) : undefined
  if (misfit) diagnostics.add(misfit.code, misfit.message, source.locateKey([...position.path, kind.name]), misfit.help)
  return config
}

type Askable = Pick<BoundOperation, 'method' | 'idempotent' | 'safe' | 'codec'>

const askable = ({ method, idempotent, safe, codec }: Askable): PolicyOperation => ({
  method,
  idempotent,
  safe,
  needsHttp2: codec !== undefined,
})

/** Why a policy cannot stand around an operation; undefined where it can. */
export function misfitOf(kind: PolicyKind, config: unknown, operation: Askable): Misfit | undefined {
  return kind.misfit?.(config, askable(operation))
}

/**
 * What holds around a call, outermost first: of each kind what the nearest says. What a service says is a default for
 * those of its operations that it fits.
 * @param owners nearest first
 * @param repeatedIn the file whose `repeat` makes the call again and again: what it says itself holds there too
 */
export function resolvePolicies(
  kinds: PolicyKinds,
  owners: readonly DeclaredPolicies[],
  operation: Askable,
  repeatedIn?: string,
): ResolvedPolicy[] {
  const resolved: ResolvedPolicy[] = []
  for (const kind of kinds) {
    const declared = owners.find((owner) => owner.has(kind.name))?.get(kind.name) ?? impliedBy(resolved, kind)
    if (!declared) continue
    const { config, origin } = declared
    const isOutdated = kind.givesEarlierAnswers && repeatedIn !== undefined && origin.at?.file !== repeatedIn
    const unfit = isOutdated ? asksAnew : misfitOf(kind, config, operation)
    const misfit = config === false ? undefined : unfit
    resolved.push({ kind, config: misfit || config === false ? undefined : config, misfit, origin })
  }
  return resolved
}

const asksAnew = { short: 'a repeat asks anew' }

/** What holds because a policy around it does; that one's owner says so. */
function impliedBy(resolved: readonly ResolvedPolicy[], { impliedBy: implied }: PolicyKind): Declared | undefined {
  const cause = implied && resolved.find(({ kind, config }) => kind.name === implied.name && config !== undefined)
  return cause && { config: implied.config, origin: cause.origin }
}

/** Those that hold, as a call site has them. */
export function sitePolicies(resolved: readonly ResolvedPolicy[]): SitePolicy[] {
  return resolved.filter(({ config }) => config !== undefined).map(({ kind, config }) => ({ kind, config }))
}
