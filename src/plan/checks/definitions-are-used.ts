import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import { definitionUsers, nameDefinition } from '../catalogue.ts'
import type { RouteUnit } from '../route-unit.ts'
import type { World } from '../world.ts'

/** Some operation is held against each definition that a service names. */
export function checkDefinitionsAreUsed(
  { catalogue, usedNames }: World,
  units: readonly Pick<RouteUnit, 'usedNames'>[],
  diagnostics: DiagnosticCollector,
): void {
  for (const [service, { definitionsAt }] of catalogue ?? []) {
    for (const { name, at } of definitionsAt) {
      const used = nameDefinition(name, service)
      if (usedNames.has(used) || units.some((unit) => unit.usedNames.has(used))) continue
      const key = definitionUsers[name]
      diagnostics.add(
        'invalid-value',
        `no operation of \`${service}\` is held against it`,
        at,
        `it is for \`${key}\` operations`,
      )
    }
  }
}
