import { expect, test } from '@jest/globals'
import { startGateway } from './support/gateway.ts'

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
