import { type Comparison, ratio, type Scenario, type Variant } from '../../harness/scenario.ts'
import { tessera } from '../../harness/tessera.ts'
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
  variants: serveBeside(growing, nameCalls, writeByHand),
  comparisons: [
    {
      name: 'growth',
      title: 'One call more, from 10 to 25 / from 1 to 5',
      variants: counts.map((count) => `${count}-calls`),
      read: (one, five, ten, twentyFive) => (twentyFive! - ten!) / 15 / ((five! - one!) / 4),
    },
    ...growing.map((page) => compareWith('fastify-undici', 'Fastify + undici', 'calls', nameCalls(page))),
  ],
}

export const mappedSizes: Scenario = {
  name: 'sizes',
  title: 'Five calls at once with bodies of 2 to 512 KB each, the fields of all their items mapped',
  bodies: describeBodies(mapped),
  variants: serveBeside(mapped, nameSize, writeByHand),
  comparisons: mapped.map((page) => compareWith('fastify-undici', 'Fastify + undici', 'sizes', nameSize(page))),
}

export const wholeSizes: Scenario = {
  name: 'whole-sizes',
  title: 'Five whole bodies of 2 to 512 KB each, side by side',
  bodies: describeBodies(wholes),
  variants: serveBeside(wholes, nameSize, concatenate),
  comparisons: wholes.map((page) => compareWith('raw', 'nginx + Lua', 'whole-sizes', nameSize(page))),
}

interface Name {
  readonly name: string
  readonly title: string
}

function nameCalls({ calls }: FanOut): Name {
  return { name: `${calls}-calls`, title: calls === 1 ? '1 call' : `${calls} calls` }
}

function nameSize({ kilobytes }: FanOut): Name {
  return { name: `${kilobytes}kb`, title: `5 × ${kilobytes} KB` }
}

/** One gateway with all of these pages, and beside each page a peer that answers it too. */
function serveBeside(
  pages: readonly FanOut[],
  nameOf: (page: FanOut) => Name,
  describePeer: (page: FanOut, name: Name) => Variant,
): Variant[] {
  const config = () => describeProject(pages)
  return pages.flatMap((page) => {
    const { name, title } = nameOf(page)
    return [
      tessera(config, describePage(page), { name, title: `Tessera, ${title}` }),
      describePeer(page, { name, title }),
    ]
  })
}

function writeByHand(page: FanOut, { name, title }: Name): Variant {
  return nodePeer({
    file: 'fastify-fan-out.ts',
    name: `fastify-undici-${name}`,
    title: `Fastify + undici, ${title}`,
    page: describePage(page),
  })
}

function concatenate(page: FanOut, { name, title }: Name): Variant {
  const path = `/${page.kilobytes}kb`
  return nginxPeer({
    name: `raw-${name}`,
    title: `nginx + Lua, nothing parsed, ${title}`,
    page: describePage(page),
    handler: 'raw',
    calls: nameServices(page.calls).map((service) => ({ name: service, service, path })),
  })
}

function compareWith(peer: string, peerTitle: string, scenario: string, { name, title }: Name): Comparison {
  return ratio(`${scenario}/${name}`, `Tessera / ${peerTitle}, ${title}`, name, `${peer}-${name}`)
}
