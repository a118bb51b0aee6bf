import { type Page, ratio, type Scenario } from '../../harness/scenario.ts'
import { tessera } from '../../harness/tessera.ts'
import { nodePeer } from '../../peers/node.ts'
import { batchesPage, flowPage, sequencePage, shopBodies, shopConfig } from './pages.ts'

export const sequence = describeScenario(
  'sequence',
  'Three calls in sequence, each needs what the last gave',
  sequencePage,
)
export const flow = describeScenario('flow', 'A flow of five calls: a chain of three beside two others', flowPage)
export const batches = describeScenario(
  'batches',
  'forEach over 40 ids in batches of 10, four calls at once',
  batchesPage,
)

function describeScenario(name: string, title: string, page: Page): Scenario {
  return {
    name,
    title,
    bodies: shopBodies,
    variants: [
      tessera(shopConfig, page),
      nodePeer({ file: 'fastify-shop.ts', name: 'fastify-undici', title: 'Fastify + undici', page }),
    ],
    comparisons: [ratio(name, 'Tessera / Fastify + undici', 'tessera', 'fastify-undici')],
  }
}
