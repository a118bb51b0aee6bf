import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import type { RouteUnit } from '../route-unit.ts'
import type { World } from '../world.ts'

/** Something uses every preset. */
export function checkPresetsAreUsed(
  { defaults, usedPresets }: World,
  units: readonly Pick<RouteUnit, 'usedPresets'>[],
  diagnostics: DiagnosticCollector,
): void {
  for (const [name, at] of defaults.presets.places()) {
    if (usedPresets.has(name) || units.some((unit) => unit.usedPresets.has(name))) continue
    diagnostics.add('unused-preset', `nothing uses the preset \`${name}\``, at)
  }
}
