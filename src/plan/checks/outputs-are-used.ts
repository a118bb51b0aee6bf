import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import type { BoundOperation } from '../../operations/bound-operation.ts'
import { type BoundRoute, everyStep } from '../bound-route.ts'
import { everyRead } from '../reads.ts'

/** For each operation that a route calls, the colors of its outputs that nothing there uses. */
export type UnusedOutputs = ReadonlyMap<BoundOperation, ReadonlySet<string>>

/**
 * Something uses every color that a route produces. What it leaves unused of the operations of the catalogue is not
 * reported but given, so that another route may use it.
 */
export function checkOutputsAreUsed(route: BoundRoute, diagnostics: DiagnosticCollector): UnusedOutputs {
  const unusedOutputs = new Map<BoundOperation, Set<string>>()
  // What could not be read may have used anything.
  const used = route.incomplete ? undefined : usedColors(route)
  for (const step of everyStep(route.body)) {
    if (step.call) {
      const { operation } = step.call
      const unused = operation.outputs.map((output) => output.color).filter((color) => used && !used.has(color))
      unusedOutputs.set(operation, new Set(unused))
    }
    if (!step.call || step.call.taken) {
      for (const { color, at } of step.writes ?? []) {
        if (used && !used.has(color)) diagnostics.add('unused-output', `nothing in this route uses \`${color}\``, at)
      }
    }
  }
  return unusedOutputs
}

/** Some route uses every output of the operations that are called. */
export function checkSharedOutputsAreUsed(ofRoutes: readonly UnusedOutputs[], diagnostics: DiagnosticCollector): void {
  const everywhere = new Map<BoundOperation, Set<string>>()
  for (const ofRoute of ofRoutes) {
    for (const [operation, unused] of ofRoute) {
      const before = everywhere.get(operation)
      if (!before) everywhere.set(operation, new Set(unused))
      else for (const color of before) if (!unused.has(color)) before.delete(color)
    }
  }
  for (const [operation, colors] of everywhere) {
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
