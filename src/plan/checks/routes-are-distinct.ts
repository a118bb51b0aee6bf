import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import { matchShape } from '../../routes/match.ts'
import type { ParsedRoute } from '../../routes/route.ts'

/** No two routes answer one method and path, and no two have one name. */
export function checkRoutesAreDistinct(routes: readonly ParsedRoute[], diagnostics: DiagnosticCollector): void {
  const shapes = new Map<string, ParsedRoute>()
  const names = new Map<string, ParsedRoute>()
  for (const route of routes) {
    const { source } = route.place
    const shape = matchShape(route.match)
    const sameShape = shapes.get(shape)
    if (sameShape)
      diagnostics.add(
        'duplicate-route',
        `${route.match.method} ${route.match.path} is answered by ${sameShape.place.source.path} already`,
        source.locate(['match']),
      )
    else shapes.set(shape, route)
    const sameName = names.get(route.name)
    if (sameName)
      diagnostics.add(
        'duplicate-name',
        `${sameName.place.source.path} is named \`${route.name}\` too`,
        source.locateKey([route.definition.name === undefined ? 'match' : 'name']),
        'give it a `name`',
      )
    else names.set(route.name, route)
  }
}
