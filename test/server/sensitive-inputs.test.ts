import { expect, test } from '@jest/globals'
import { afterTest, opened } from '../support/cleanup.ts'
import { setOtelEnvironment, startCollector } from '../support/collector.ts'
import { startGateway } from '../support/gateway.ts'

const dictionary = `
colors:
  pay.plan: { type: string, enum: [hidden-gold, hidden-iron], default: hidden-iron, sensitivity: secret }
  pay.code: { type: string, pattern: '^hidden-[0-9]+$', sensitivity: pii }
`
const route = `
match: GET /pay
in: { pay.plan: query.plan, pay.code: { from: query.code, default: hidden-1 } }
response: { body: fine }
`

test('what a pii or secret color may be stands in no problem and in no published schema', async () => {
  const { port } = await startGateway({ dictionary, 'routes/pay': route, gateway: 'openapi: true' })
  const answer = await fetch(`http://127.0.0.1:${port}/pay?plan=x-value&code=y-value`)
  const problem = await answer.text()
  expect(answer.status).toBe(400)
  expect(JSON.parse(problem).errors).toEqual([
    { in: 'query.plan', detail: 'is not valid' },
    { in: 'query.code', detail: 'is not valid' },
  ])
  expect(problem).not.toMatch(/hidden|value/)
  const document = await (await fetch(`http://127.0.0.1:${port}/openapi.json`)).text()
  expect(document).toContain('pay.plan')
  expect(document).not.toContain('hidden')
})

test.each(['pii', 'secret'])(
  'a path parameter that is %s stands in no span, no problem and nothing told of its request',
  async (sensitivity) => {
    const collector = await opened(startCollector())
    afterTest(setOtelEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }))
    const { gateway, port, entries, lines } = await startGateway({
      gateway: 'telemetry: { sampling: 100% }',
      dictionary: `colors: { card.number: { type: string, maxLength: 12, sensitivity: ${sensitivity} }, geo.city: { type: string, maxLength: 12 } }`,
      'routes/card': 'match: GET /cards/{card}\nin: { card.number: path.card }\nresponse: { body: fine }',
      'routes/city': 'match: GET /cities/{city}\nin: { geo.city: path.city }\nresponse: { body: fine }',
    })
    const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`)
    await (await ask('/cards/hidden-1')).text()
    const problem = (await (await ask('/cards/hidden-too-long')).json()) as { instance: string }
    const shown = (await (await ask('/cities/name-too-long')).json()) as { instance: string }
    await gateway.close()
    expect(problem.instance).toBe('/cards/%7Bcard%7D')
    expect(shown.instance).toBe('/cities/name-too-long')
    const told = ['/cards/{card}', '/cards/{card}', '/cities/name-too-long']
    expect(entries.map(({ path }) => path)).toEqual(told)
    expect(collector.spans.map(({ attributes }) => attributes['url.path'])).toEqual(told)
    expect(JSON.stringify([collector.spans, entries, lines])).not.toContain('hidden')
  },
)
