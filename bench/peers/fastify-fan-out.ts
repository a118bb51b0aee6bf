/** Calls at once written by hand, as in fastify-undici.ts: `/mapped/5/8kb` is five calls with bodies of 8 KB. */
import Fastify from 'fastify'
import { Pool } from 'undici'
import { mapProduct, type RecommendBody } from './map-home.ts'
import { port } from './origins.ts'

interface FanOutRequest {
  Params: { calls: string; size: string }
  Querystring: { city?: string }
}

const names = Object.keys(process.env)
  .map((name) => /^BENCH_(S\d\d)_URL$/.exec(name)?.[1])
  .filter((name) => name !== undefined)
  .sort()
const pools = names.map((name) => new Pool(process.env[`BENCH_${name}_URL`]!))
const members = names.map((name) => name.toLowerCase())

const app = Fastify()

app.get<FanOutRequest>('/mapped/:calls/:size', async ({ params, query: { city = 'shanghai' } }) => {
  const path = `/${params.size}?city=${encodeURIComponent(city)}`
  const bodies = await Promise.all(pools.slice(0, Number(params.calls)).map((pool) => get(pool, path)))
  const page: Record<string, unknown> = { city }
  for (const [index, { items }] of bodies.entries()) page[members[index]!] = items.map(mapProduct)
  return page
})

async function get(pool: Pool, path: string): Promise<RecommendBody> {
  const { statusCode, body } = await pool.request({ method: 'GET', path })
  if (statusCode !== 200) {
    await body.dump()
    throw new Error(`${path} answered ${statusCode}`)
  }
  return (await body.json()) as RecommendBody
}

await app.listen({ host: '127.0.0.1', port })
