import type { BoundTemplate } from '../../binding/bind.ts'
import type { Position } from '../../binding/shape.ts'
import type { CallSite } from '../../calls/policy.ts'
import { configOf } from '../../calls/site-policies.ts'
import type { BoundOperation } from '../../operations/bound-operation.ts'
import { compileBodyIndexer } from '../../operations/byte-outputs.ts'
import { compileUsability, hasItsBody } from '../../operations/outputs.ts'
import {
  type DeclaredPolicies,
  declarePolicies,
  type ResolvedPolicy,
  resolvePolicies,
  sitePolicies,
} from '../../operations/policies/resolve.ts'
import { timeout } from '../../operations/policies/timeout/timeout.ts'
import { compileRequest } from '../../operations/request.ts'
import { findSecrets } from '../../operations/secrets.ts'
import type { ServiceOperation } from '../service-operation.ts'
import type { Binder } from '../step.ts'
import type { BoundFallback } from '../step-call.ts'

export interface SiteParts {
  readonly name: string
  readonly other: ServiceOperation
  /** What the step sets itself; the operation's, then the service's own apply otherwise. */
  readonly policies: Readonly<Record<string, unknown>>
  /** What the presets that the step uses say of them, nearest first. */
  readonly inherited?: readonly DeclaredPolicies[]
  readonly position: Position
  readonly overrides: ReadonlyMap<string, BoundTemplate>
  readonly fallbacks: readonly BoundFallback[]
  /** Whether a failure is provided for here: then an answer that gives nothing is one. */
  readonly isProvidedFor: boolean
}

interface ResolvedParts {
  readonly resolved: readonly ResolvedPolicy[]
}

/** What is said of policies around a call: by the step, by the operation, by its service. */
export function resolveAround(
  { other, policies, inherited = [], position }: Pick<SiteParts, 'other' | 'policies' | 'inherited' | 'position'>,
  binder: Binder,
): ResolvedPolicy[] {
  const { operation, services, policyKinds: kinds } = other
  const service = operation.service.name
  const errorNames = [...operation.errorNames.values()]
  const around = { service, services, kinds, operation, errorNames, language: binder }
  const own = declarePolicies(policies, { ...around, by: 'step', position })
  return resolvePolicies(kinds, [own, ...inherited, ...other.policies], operation, binder.repeatedIn)
}

/** Builds the call site of an operation with the policies that hold here, nearest first: step, operation, service. */
export function buildSite(
  {
    name,
    other,
    overrides,
    fallbacks,
    isProvidedFor,
    resolved,
  }: Omit<SiteParts, 'policies' | 'inherited' | 'position'> & ResolvedParts,
  binder: Binder,
): CallSite {
  const { operation } = other
  const around = sitePolicies(resolved)
  return {
    route: binder.route,
    step: name,
    service: operation.service,
    operation: operation.name,
    priorityOf: binder.priorityOf,
    template: operation.template,
    idempotent: operation.idempotent,
    safe: operation.safe,
    dialect: operation.dialect,
    timeoutMs: configOf({ policies: around }, timeout)!,
    policies: around,
    isOfSharedAnswer: binder.keepsWholeAnswers,
    ...findSecrets(operation, overrides, binder.colors),
    fallbacks: fallbacks.map((fallback) => fallback.compiled),
    maxResponseBytes: other.maxResponseBytes,
    isSuccess: operation.isSuccess,
    isUsable: usabilityOf(operation, isProvidedFor),
    errorNames: operation.errorNames,
    indexBody: undefined,
    decoding: operation.decoding,
    codec: operation.codec,
    render: compileRequest(operation, overrides),
  }
}

/** Who says what `ok` is has looked at what such answers hold. */
function usabilityOf(operation: BoundOperation, isProvidedFor: boolean): CallSite['isUsable'] {
  if (operation.method === 'HEAD') return anything
  if (isProvidedFor && operation.definition.ok === undefined) return compileUsability(operation)
  return operation.outputs.some(({ locator }) => locator.in === 'body') ? hasItsBody : anything
}

/** The same for all, so that sites that differ in nothing else can be told to be equal. */
const anything = () => true

/** From now on the site's bodies stay bytes. Known only when the whole route is bound, and before any call is opened. */
export function keepBytes(site: CallSite, operation: BoundOperation): void {
  ;(site as { indexBody: CallSite['indexBody'] }).indexBody = compileBodyIndexer(operation)
}

/** From now on the body is read by itself. Known as late as `keepBytes`. */
export function expectBody(site: CallSite, { method }: BoundOperation): void {
  if (site.isUsable === anything && method !== 'HEAD')
    (site as { isUsable: CallSite['isUsable'] }).isUsable = hasItsBody
}

/** From now on the body is anything, where nothing is taken of it and it is only sent on. Known as late as `keepBytes`. */
export function leaveUnread(site: CallSite, { decoding, outputs }: BoundOperation): void {
  if (decoding || outputs.some(({ locator }) => locator.in === 'body')) return
  ;(site as { decoding: CallSite['decoding'] }).decoding = { as: 'bytes' }
}

/** From now on a value that cannot be placed is the fault of who gave it. Known as late as `keepBytes`. */
export function blameGivers(site: CallSite, blame: (thrown: unknown) => unknown): void {
  const { render } = site
  ;(site as { render: CallSite['render'] }).render = (document) => {
    try {
      return render(document)
    } catch (thrown) {
      throw blame(thrown)
    }
  }
}
