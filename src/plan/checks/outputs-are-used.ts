import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import type { BoundOperation } from '../../operations/bound-operation.ts'
import { type BoundRoute, everyRead, everyStep } from '../bound-route.ts'

/**
 * Something uses every color that is produced. An operation of the catalogue is asked over all routes that call it, so
 * that one may use what another leaves.
 */
export function checkOutputsAreUsed(routes: readonly BoundRoute[], diagnostics: DiagnosticCollector): void {
  const unusedOutputs = new Map<BoundOperation, Set<string>>()
  for (const route of routes) {
    // What could not be read may have used anything.
    const used = route.incomplete ? undefined : usedColors(route)
    for (const step of everyStep(route.body)) {
      if (step.call) {
        const { operation } = step.call
        const unused = operation.outputs.map((output) => output.color).filter((color) => used && !used.has(color))
        const before = unusedOutputs.get(operation)
        unusedOutputs.set(operation, new Set(unused.filter((color) => !before || before.has(color))))
      } else {
        for (const { color, at } of step.writes ?? []) {
          if (used && !used.has(color)) diagnostics.add('unused-output', `nothing in this route uses \`${color}\``, at)
        }
      }
    }
  }
  for (const [operation, colors] of unusedOutputs) {
    for (const { color, at } of operation.outputs) {
      if (colors.has(color))
        diagnostics.add(
          'unused-output',
          `no route uses \`${color}\` of ${operation.service.name}.${operation.name}`,
          at,
        )
    }
  }
}

function usedColors(route: BoundRoute): Set<string> {
  const used = new Set<string>()
  const all = () => {
    for (const step of everyStep(route.body)) for (const { color } of step.writes ?? []) used.add(color)
  }
  for (const { reference } of everyRead(route)) {
    if (reference.kind === 'color') used.add(reference.color)
    else if (reference.kind === 'colors') for (const color of reference.colors) used.add(color)
    else if (reference.kind === 'everything') all()
  }
  return used
}
