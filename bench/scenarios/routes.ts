import { ratio, type Scenario } from '../harness/scenario.ts'
import { tessera } from '../harness/tessera.ts'
import { describeBackends } from './home/data.ts'
import { homePage as page } from './home/page.ts'
import { homeRoute, homeWithRoutes } from './home/texts.ts'

/** The home page among others, which nobody asks for. */
function serveAmong(count: number) {
  const others = Array.from({ length: count - 1 }, (_, index) => [`page-${index}`, describeRoute(index)])
  return homeWithRoutes({ home: homeRoute, ...Object.fromEntries(others) })
}

function describeRoute(index: number): string {
  return `name: page-${index}
match: GET /shops/s${index % 100}/pages/p${index}/{page}
in: { geo.city: { from: query.city, default: shanghai } }
do: [{ invoke: content.home }]
response: { body: { banners: $.banner.list, channels: $.channel.list } }
`
}

const counts = [10, 1_000, 10_000]

export const routes: Scenario = {
  name: 'routes',
  title: 'The same page of a gateway that has 10, 1,000 and 10,000 routes',
  bodies: describeBackends(),
  variants: counts.map((count) =>
    tessera(() => serveAmong(count), page, {
      name: String(count),
      title: `Tessera, ${count.toLocaleString('en')} routes`,
    }),
  ),
  comparisons: [
    ratio('routes', '10,000 routes / 10', '10000', '10', 1.02),
    ratio('routes/1000', '1,000 routes / 10', '1000', '10'),
  ],
  quick: { rounds: 2, variants: ['10', '10000'] },
}
