import { fileURLToPath } from 'node:url'
import { type Page, ratio, type Scenario, type Variant } from '../../harness/scenario.ts'
import { tessera } from '../../harness/tessera.ts'
import { nginxProxy } from '../../peers/nginx/variant.ts'
import { nodePeer } from '../../peers/node.ts'
import { describeProducts } from '../home/products.ts'

const config = fileURLToPath(new URL('gateway.yaml', import.meta.url))
/** An answer of so many kilobytes, passed on. */
interface Size {
  readonly kilobytes: number
  readonly page: Page
}

const sizes = [2, 256].map((kilobytes): Size => {
  const path = `/catalog/${kilobytes}kb`
  return { kilobytes, page: { path: `${path}?city=hangzhou`, headers: {}, answer: describeBody(kilobytes * 1024) } }
})

/** Products, and what makes it exactly so long. */
function describeBody(bytes: number): unknown {
  const body = { items: [] as unknown[], rest: '' }
  const count = () => Buffer.byteLength(JSON.stringify(body))
  const perProduct = 850
  body.items = describeProducts(Math.floor(bytes / perProduct)).map(({ backend }) => backend)
  body.rest = '.'.repeat(bytes - count())
  return body
}

const nameOf = (server: string, { kilobytes }: Size) => `${server}-${kilobytes}kb`
const titleOf = (server: string, { kilobytes }: Size) => `${server}, ${kilobytes} KB`

const peers: readonly { readonly name: string; readonly title: string; readonly aim?: number }[] = [
  { name: 'express', title: 'http-proxy-middleware on Express', aim: 0.4 },
  { name: 'fastify', title: '@fastify/http-proxy', aim: 0.7 },
  { name: 'nginx', title: 'nginx, proxy_pass' },
]

function serve(size: Size): Variant[] {
  const { page } = size
  const [express, fastify, nginx] = peers.map(({ name, title }) => ({
    ...{ name: nameOf(name, size), title: titleOf(title, size) },
    page,
  }))
  return [
    tessera(config, page, { name: nameOf('tessera', size), title: titleOf('Tessera', size) }),
    nodePeer({ ...express!, file: 'passthrough/express.ts' }),
    nodePeer({ ...fastify!, file: 'passthrough/fastify.ts' }),
    nginxProxy({ ...nginx!, prefix: '/catalog/', service: 'catalog' }),
  ]
}

const variants = sizes.flatMap(serve)

export const passthrough: Scenario = {
  name: 'passthrough',
  title: 'A service passed through by `proxy:`, answers of 2 and of 256 KB',
  bodies: { catalog: Object.fromEntries(sizes.map(({ page }) => [page.path.split('?', 1)[0]!, page.answer])) },
  variants,
  comparisons: sizes.flatMap((size) =>
    peers.map(({ name, title, aim }) =>
      ratio(
        `passthrough/${nameOf(name, size)}`,
        titleOf(`Tessera / ${title}`, size),
        nameOf('tessera', size),
        nameOf(name, size),
        aim,
      ),
    ),
  ),
  quick: { rounds: 2, variants: serve(sizes[0]!).map(({ name }) => name) },
}
