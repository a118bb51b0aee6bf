import { ratio, type Scenario } from '../harness/scenario.ts'
import { tessera } from '../harness/tessera.ts'
import { describeBackends } from './home/data.ts'
import { homeConfig, homePage } from './home/page.ts'
import { homeRoute, homeWithRoutes } from './home/texts.ts'
import { audience, issuer, makeToken } from './home/token.ts'

const origin = 'https://app.example.com'
const { token, keys } = makeToken('ES256')

/** What stands before the page when strangers may reach it: limits that nobody meets here, since none may be refused. */
function guardedHome(): Record<string, string> {
  const texts = homeWithRoutes({ home: `${homeRoute}\nlimit: { rate: 1000000/s, burst: 1000000, by: auth.subject }\n` })
  const guards = `
auth: { user: { jwt: { issuer: ${JSON.stringify(issuer)}, audience: ${audience}, jwks: ./keys.json } } }
defaults: { auth: user }
cors: { origins: [${JSON.stringify(origin)}], credentials: true }
limit: { rate: 1000000/s, burst: 1000000, by: request.ip }
`
  return { ...texts, 'gateway.yaml': texts['gateway.yaml'] + guards, 'keys.json': JSON.stringify(keys) }
}

export const guarded: Scenario = {
  name: 'guarded',
  title: 'The main page for who brings a token, on a page of another origin, within two limits',
  bodies: describeBackends(),
  variants: [
    tessera(homeConfig, homePage, { name: 'open', title: 'Tessera, nothing of it declared' }),
    tessera(
      guardedHome,
      { ...homePage, headers: { ...homePage.headers, authorization: `Bearer ${token}`, origin } },
      { name: 'guarded', title: 'Tessera, a token (ES256), CORS and two limits' },
    ),
  ],
  comparisons: [ratio('guarded', 'Tessera, JWT, CORS and limits / nothing of it', 'guarded', 'open', 1.15)],
}
