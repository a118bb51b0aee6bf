import type { Misfit, PolicyKind, SitePolicy } from '../../backends/policy.ts'
import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import type { Location } from '../../diagnostics/diagnostic.ts'
import type { Place } from '../../language/shape.ts'
import { safeMethods } from '../operation.ts'
import { policyKinds } from './index.ts'

/** Who says what a policy is, and where; what is built in stands in no file. */
export interface PolicyOrigin {
  readonly by: 'step' | 'operation' | 'service' | 'route' | 'gateway' | 'built-in'
  readonly at: Location | undefined
}

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
  readonly misfit: Misfit | undefined
  readonly origin: PolicyOrigin
}

/** @param values what stands at the place, by keys */
export function declaredAt(
  by: PolicyOrigin['by'],
  values: Readonly<Record<string, unknown>>,
  { source, path }: Place,
): DeclaredPolicies {
  const declared = policyKinds
    .filter(({ name }) => values[name] !== undefined)
    .map(({ name }) => [name, { config: values[name], origin: { by, at: source.locateKey([...path, name]) } }] as const)
  return new Map(declared)
}

/**
 * What holds around a call, outermost first: of each kind what the nearest says. What a service says is a default for
 * those of its operations that it fits; what an operation or a step says for itself has to fit.
 * @param owners nearest first
 */
export function resolvePolicies(
  owners: readonly DeclaredPolicies[],
  { method, idempotent }: { readonly method: string; readonly idempotent: boolean },
  diagnostics: DiagnosticCollector,
): ResolvedPolicy[] {
  const operation = { method, idempotent, safe: safeMethods.has(method) }
  const kinds: readonly PolicyKind[] = policyKinds
  return kinds.flatMap((kind) => {
    const declared = owners.find((owner) => owner.has(kind.name))?.get(kind.name)
    if (!declared) return []
    const { config, origin } = declared
    if (config === false) return [{ kind, config: undefined, misfit: undefined, origin }]
    const misfit = kind.misfit?.(config, operation)
    const isOwn = origin.by === 'step' || origin.by === 'operation'
    if (misfit && isOwn) diagnostics.add(misfit.code, misfit.message, origin.at!, misfit.help)
    return [{ kind, config: misfit ? undefined : config, misfit, origin }]
  })
}

/** Those that hold, as a call site has them. */
export function sitePolicies(resolved: readonly ResolvedPolicy[]): SitePolicy[] {
  return resolved.filter(({ config }) => config !== undefined).map(({ kind, config }) => ({ kind, config }))
}
