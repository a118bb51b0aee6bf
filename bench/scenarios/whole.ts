import { type Page, ratio, type Scenario } from '../harness/scenario.ts'
import { tessera } from '../harness/tessera.ts'
import { nginxPeer } from '../peers/nginx/variant.ts'
import { describeBackends } from './home/data.ts'
import { homePage } from './home/page.ts'
import { homeCalls } from './home/scenario.ts'
import { homeWithRoutes } from './home/texts.ts'

const route = `name: whole
match: GET /whole
timeout: 800ms
in: { user.id?: header.x-user-id, geo.city: { from: query.city, default: shanghai } }
do:
  - parallel:
      - { invoke: users.profile, id: user }
      - { invoke: content.home, id: content }
      - { invoke: reco.recommend, id: reco }
      - { invoke: pricing.promotions, id: pricing }
      - { invoke: brands.featured, id: brands }
response:
  body:
${homeCalls.map(({ name }) => `    ${name}: $.steps.${name}.body`).join('\n')}
`

const bodies = describeBackends()
const page: Page = {
  path: '/whole?city=hangzhou',
  headers: homePage.headers,
  answer: Object.fromEntries(homeCalls.map(({ name, service, path }) => [name, bodies[service]![path]])),
}

/** The same five calls, each body passed on as it came. */
export const whole: Scenario = {
  name: 'whole',
  title: 'Five whole bodies side by side, 15.6 KB',
  bodies,
  variants: [
    tessera(() => homeWithRoutes({ whole: route }), page),
    nginxPeer({ name: 'raw', title: 'nginx + Lua, nothing parsed', page, handler: 'raw', calls: homeCalls }),
    nginxPeer({
      name: 'nginx-lua',
      title: 'nginx + Lua, parsed and printed',
      page,
      handler: 'whole',
      calls: homeCalls,
    }),
  ],
  comparisons: [
    ratio('whole', 'Tessera, validated / nginx + Lua, not validated', 'tessera', 'raw', 2.5),
    ratio('whole/nginx-lua', 'Tessera / nginx + Lua, parsed and printed', 'tessera', 'nginx-lua'),
  ],
  quick: { rounds: 2, variants: ['tessera', 'raw'] },
}
