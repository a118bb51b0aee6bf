import { describe, expect, test } from '@jest/globals'
import { explainPassthrough, explainRoute } from '../../src/describe/explain/route.ts'
import { buildGraph } from '../../src/describe/graph/build.ts'
import { graphFormats } from '../../src/describe/graph/formats.ts'
import { printDiagnostic } from '../../src/diagnostics/print.ts'
import { describeApi } from '../../src/interchange/to-openapi/document.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { describeConfig } from '../../src/server/admin/describe-config.ts'
import { projectTexts, world } from '../support/project.ts'
import { placesOf } from '../support/schemas/places.ts'

const mark = 'hush-4711'

/**
 * Addresses, names of files, names by which the configuration speaks of its own, times, and what is written to be told:
 * they are told where they are at fault (docs/guides/security.md).
 */
const told =
  /(?:\.summary|\.listeners\[\]|\.on\.cron|\.listen(?:\[\])?(?:\.(?:name|host))?|\.hosts\[\]|\.endpoints\[\](?:\.url)?|\.to(?:\[\])?|\.retry(?:\[\])?\.on(?:\[\])?|\.telemetry\.service|\.auth(?:\.(?:any|all))?(?:\[\])?|\.tokenUrl|\.(?:cert|key|ca|proto)|^part\.(?:in|out)\[\])$/

const bases: Readonly<Record<string, { readonly file: string; readonly base: Record<string, unknown> }>> = {
  gateway: { file: 'gateway', base: {} },
  dictionary: { file: 'dictionary', base: {} },
  service: {
    file: 'services/reco',
    base: { service: 'reco', endpoints: ['http://127.0.0.1:9'], operations: { recommend: { get: '/recommend' } } },
  },
  route: { file: 'routes/r', base: { match: 'GET /r', response: { body: 1 } } },
  part: { file: 'parts/p', base: { do: [] } },
}

/** All that is told of a project while and after it is loaded. */
function tellAll(files: Record<string, string>): string {
  const texts = projectTexts({ ...world, ...files }, { MARK: mark })
  const { snapshot, diagnostics } = buildSnapshot(texts)
  const textOf = () => undefined
  const told: unknown[] = diagnostics.map((one) => printDiagnostic(one, textOf, false))
  told.push(diagnostics)
  if (!snapshot) return JSON.stringify(told)
  told.push(describeConfig(snapshot), describeApi(snapshot))
  for (const route of snapshot.routes) {
    told.push(route.kind === 'aggregate' ? explainRoute(route, snapshot) : explainPassthrough(route))
    told.push(...Object.values(graphFormats).map((print) => print(buildGraph(route, snapshot))))
  }
  return JSON.stringify(told)
}

describe.each(Object.entries(bases))('a variable in any place of a %s', (kind, { file, base }) => {
  test('stands in nothing that is told of it, wherever a secret may be put', () => {
    const places = placesOf(kind)
    expect(places.length).toBeGreaterThan(2)
    const leaks = places.filter((place) => {
      if (place.isPlain || told.test(place.name)) return false
      const files = { [file]: JSON.stringify({ ...base, ...place.with(`\${env.MARK}`) }) }
      return tellAll(files).includes(mark)
    })
    expect(leaks.map(({ name }) => name)).toEqual([])
  })
})
