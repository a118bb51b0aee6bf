import type * as z from 'zod'
import type { AnswerUse, CallSite, OtherReceiver, PolicyKind } from './policy.ts'
import type { PolicyOwner } from './policy-binding.ts'

/** What holds of a kind around a site; undefined where nothing does. */
export function configOf<Config>(
  { policies }: Pick<CallSite, 'policies'>,
  kind: PolicyKind<string, z.ZodType, PolicyOwner, Config>,
): Config | undefined {
  return policies.find((policy) => policy.kind === kind)?.config as Config | undefined
}

/** Where the requests of a site go, or may be led, beside its service. */
export function otherReceiversOf({ policies }: Pick<CallSite, 'policies'>): OtherReceiver[] {
  return policies.flatMap(({ kind, config }) => [kind.copiesTo?.(config) ?? [], kind.leadsTo?.(config) ?? []].flat())
}

/** What the policies of a site do with its answers, all together. */
export function answerUseOf({ policies }: Pick<CallSite, 'policies'>): AnswerUse {
  return Object.assign({}, ...policies.map(({ kind, config }) => kind.answerUse?.(config)))
}
