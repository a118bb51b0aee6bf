import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import pc from 'picocolors'
import { printRoute } from '../../src/cli/explanations/route.ts'
import { readConfig } from '../../src/config/read.ts'
import { explainRoute } from '../../src/describe/explain/route.ts'
import { buildGraph } from '../../src/describe/graph/build.ts'
import { graphFormats } from '../../src/describe/graph/formats.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import type { Route, Snapshot } from '../../src/plan/snapshot.ts'
import { certificatesOf } from '../support/example-certificates.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const examples = readdirSync(join(root, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
const projects = ['.', ...examples.map(({ name }) => join('examples', name))]

/** Every route of the demo and of the examples. */
const routes: [name: string, route: Route, snapshot: Snapshot][] = []
const told: string[] = []
for (const project of projects) {
  const base = join(root, project)
  const env = await certificatesOf(base)
  const { texts } = await readConfig({ config: 'config/gateway.yaml', base, env, secrets: join(base, 'secrets') })
  const { snapshot, diagnostics } = buildSnapshot(texts)
  told.push(...diagnostics.map(({ severity, message, at }) => `${severity} ${at.file}:${at.line} ${message}`))
  for (const route of snapshot?.routes ?? []) routes.push([join(project, route.file), route, snapshot!])
}

test('the demo and all examples load', () => {
  expect(new Set(routes.map(([name]) => name.split('/routes/')[0])).size).toBeGreaterThanOrEqual(examples.length)
})

test('neither the demo nor an example has anything to be told of', () => {
  expect(told).toEqual([])
})

describe('every route of the demo and the examples', () => {
  test.each(routes)('%s is drawn in every format', (_, route, snapshot) => {
    const graph = buildGraph(route, snapshot)
    for (const print of Object.values(graphFormats)) expect(print(graph)).not.toMatch(/undefined|NaN|\[object/)
    expect(graphFormats.svg(graph)).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
  })

  test.each(routes.filter(([, { kind }]) => kind === 'aggregate'))('%s is explained', (_, route, snapshot) => {
    const explanation = explainRoute(route as Extract<Route, { kind: 'aggregate' }>, snapshot)
    expect(printRoute(explanation, { paint: pc.createColors(false), width: 100 })).not.toMatch(/undefined|NaN|\[object/)
    // Whatever a call needs, something gives it.
    const needed = explanation.outline.flatMap(({ step }) => (step?.policies ? step.inputs : []))
    const unfed = needed.filter(({ optional, values }) => !optional && values.some(({ from }) => from.length === 0))
    expect(unfed).toEqual([])
  })
})
