import { type Comparison, ratio, type Scenario, type Variant } from '../../harness/scenario.ts'
import { tessera } from '../../harness/tessera.ts'
import type { LuaCall } from '../../peers/nginx/config.ts'
import { nginxPeer } from '../../peers/nginx/variant.ts'
import { nodePeer } from '../../peers/node.ts'
import { describeBodies, describePage, type FanOut, nameServices } from './pages.ts'
import { describeProject } from './project.ts'

/** The home page's backends answer 3 KB each. */
const homeKilobytes = 3
const counts = [1, 5, 10, 25]
const sizes = [2, 8, 64, 512]

const growing = counts.map((calls): FanOut => ({ calls, kilobytes: homeKilobytes, answer: 'mapped' }))
const mapped = sizes.map((kilobytes): FanOut => ({ calls: 5, kilobytes, answer: 'mapped' }))
const wholes = sizes.map((kilobytes): FanOut => ({ calls: 5, kilobytes, answer: 'whole' }))

export const calls: Scenario = {
  name: 'calls',
  title: 'Calls at once, 1 to 25, each with a body of 3 KB whose items are mapped',
  bodies: describeBodies(growing),
  variants: [
    ...serveAll(growing, ({ calls }) => [String(calls), `${calls} calls`]),
    ...growing.map((fanOut) => writeByHand(fanOut, `fastify-undici-${fanOut.calls}`, `${fanOut.calls} calls`)),
  ],
  comparisons: [
    {
      name: 'growth',
      title: 'One call more, from 10 to 25 / from 1 to 5',
      variants: counts.map(String),
      read: (one, five, ten, twentyFive) => (twentyFive! - ten!) / 15 / ((five! - one!) / 4),
    },
    ...counts.map((count) => compareByHand('calls', String(count), `${count} calls`)),
  ],
}

export const mappedSizes: Scenario = {
  name: 'sizes',
  title: 'Five calls at once with bodies of 2 to 512 KB each, the fields of all their items mapped',
  bodies: describeBodies(mapped),
  variants: [
    ...serveAll(mapped, ({ kilobytes }) => [`${kilobytes}kb`, `5 × ${kilobytes} KB`]),
    ...mapped.map((fanOut) =>
      writeByHand(fanOut, `fastify-undici-${fanOut.kilobytes}kb`, `5 × ${fanOut.kilobytes} KB`),
    ),
  ],
  comparisons: sizes.map((size) => compareByHand('sizes', `${size}kb`, `5 × ${size} KB`)),
}

export const wholeSizes: Scenario = {
  name: 'whole-sizes',
  title: 'Five whole bodies of 2 to 512 KB each, side by side',
  bodies: describeBodies(wholes),
  variants: [
    ...serveAll(wholes, ({ kilobytes }) => [`${kilobytes}kb`, `5 × ${kilobytes} KB`]),
    ...wholes.map((fanOut) =>
      nginxPeer({
        name: `raw-${fanOut.kilobytes}kb`,
        title: `nginx + Lua, nothing parsed, 5 × ${fanOut.kilobytes} KB`,
        page: describePage(fanOut),
        handler: 'raw',
        calls: nameServices(5).map((name): LuaCall => ({ name, service: name, path: `/${fanOut.kilobytes}kb` })),
      }),
    ),
  ],
  comparisons: sizes.map((size) =>
    ratio(`whole-sizes/${size}kb`, `Tessera / nginx + Lua, 5 × ${size} KB`, `${size}kb`, `raw-${size}kb`),
  ),
}

function serveAll(pages: readonly FanOut[], tell: (page: FanOut) => [name: string, title: string]): Variant[] {
  const config = () => describeProject(pages)
  return pages.map((page) => {
    const [name, title] = tell(page)
    return tessera(config, describePage(page), { name, title: `Tessera, ${title}` })
  })
}

function writeByHand(fanOut: FanOut, name: string, title: string): Variant {
  return nodePeer({
    file: 'fastify-fan-out.ts',
    name,
    title: `Fastify + undici, ${title}`,
    page: describePage(fanOut),
  })
}

function compareByHand(scenario: string, name: string, title: string): Comparison {
  return ratio(`${scenario}/${name}`, `Tessera / Fastify + undici, ${title}`, name, `fastify-undici-${name}`)
}
