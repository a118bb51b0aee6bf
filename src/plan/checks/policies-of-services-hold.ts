import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import { misfitOf } from '../../operations/policies/resolve.ts'
import { namePolicy } from '../catalogue.ts'
import type { RouteUnit } from '../route-unit.ts'
import type { World } from '../world.ts'

/** What a service says for its operations fits one of them: it would be without effect, and nobody would know. */
export function checkPoliciesOfServicesHold(
  { catalogue, usedNames }: World,
  units: readonly Pick<RouteUnit, 'usedNames'>[],
  diagnostics: DiagnosticCollector,
): void {
  for (const [service, { choosy, operations, unread }] of catalogue ?? []) {
    const [first] = operations.values()
    if (!first || unread.size > 0) continue
    for (const { kind, config, at } of choosy) {
      const name = namePolicy(kind.name, service)
      if (usedNames.has(name) || units.some((unit) => unit.usedNames.has(name))) continue
      const { code, message, help } = misfitOf(kind, config, first.operation)!
      diagnostics.add(code, `it holds for no operation of \`${service}\`: ${message}`, at, help)
    }
  }
}
