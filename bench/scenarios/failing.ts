import type { Page, Place } from '../harness/scenario.ts'
import { ratio, type Scenario } from '../harness/scenario.ts'
import { tessera } from '../harness/tessera.ts'
import { nodePeer } from '../peers/node.ts'
import { describeBackends } from './home/data.ts'
import { homeConfig, homePage } from './home/page.ts'

const page: Page = { ...homePage, answer: { ...(homePage.answer as object), brands: [] }, mayBeDegraded: true }
const brandsDown = ({ urls }: Place) => ({ BENCH_BRANDS_URL: urls['BENCH_DOWN_URL']!, BENCH_FALLBACK: '1' })

/** Retries first, then the breaker opens, and the fallback answers without a call. By hand the call is made each time. */
export const failing: Scenario = {
  name: 'failing',
  title: 'One backend of the five answers 503, and a fallback stands in',
  bodies: describeBackends(),
  failing: ['down'],
  variants: [
    tessera(homeConfig, homePage, { name: 'well', title: 'Tessera, all well' }),
    tessera(homeConfig, page, { title: 'Tessera, one failing', env: brandsDown }),
    nodePeer({
      file: 'fastify-undici.ts',
      name: 'fastify-undici',
      title: 'Fastify + undici, one failing, caught',
      page,
      env: brandsDown,
    }),
  ],
  comparisons: [
    ratio('failing', 'Tessera, one failing / all well', 'tessera', 'well'),
    ratio('failing/fastify-undici', 'Tessera / Fastify + undici, one failing', 'tessera', 'fastify-undici'),
  ],
}
