import type { CallSite } from '../../../calls/policy.ts'

const ids = new WeakMap<object, number>()
let lastId = 0

/** Tells functions apart: what is compiled of one definition is one function as long as that is kept. */
function idOf(identity: object): number {
  const id = ids.get(identity) ?? ++lastId
  ids.set(identity, id)
  return id
}

/**
 * Which sites join their calls: those of the same operation, as it was bound, that are equal in all that is data, but
 * for where they stand and what covers their failures.
 */
export function keyOfFlights(site: CallSite): readonly unknown[] {
  const { isSuccess, isUsable, indexBody, policies, route, step, fallbacks, ...others } = site
  const around = policies.flatMap(({ kind, config }) => (kind.name === 'coalesce' ? [] : [[kind.name, config]]))
  return [idOf(isSuccess), idOf(isUsable), indexBody !== undefined, around, others]
}
