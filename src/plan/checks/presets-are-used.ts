import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import type { RouteUnit } from '../route-unit.ts'
import type { World } from '../world.ts'

/** Something uses every preset. */
export function checkPresetsAreUsed(
  { defaults, usedNames }: World,
  units: readonly Pick<RouteUnit, 'usedNames'>[],
  diagnostics: DiagnosticCollector,
): void {
  for (const [name, at] of defaults.presets.places()) {
    if (usedNames.has(name) || units.some((unit) => unit.usedNames.has(name))) continue
    diagnostics.add('unused-preset', `nothing uses the preset \`${name}\``, at)
  }
}
