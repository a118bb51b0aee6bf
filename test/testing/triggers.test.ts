import { expect, test } from '@jest/globals'
import { loadProject } from '../support/project.ts'
import { problemsOf, read, services } from '../support/route-tests.ts'

const snapshotOf = (on: string, input: string) =>
  loadProject({
    ...services,
    gateway: "stores: { durable: ./data }\nstreams: { cities: { redis: 'redis://broker' } }",
    'routes/home': `on: ${on}\nin: { geo.city: ${input} }\ndo: [{ invoke: reco.recommend }]\n`,
  })

const asked = (city: string) => `calls: { recommend: { path: '/recommend/${city}' } }`
const mocks = 'mocks: { recommend: { body: { items: [] } } }'

test('time that passes begins the runs that are due in it', async () => {
  const daily = snapshotOf("{ cron: '0 3 * * *', zone: Asia/Shanghai }", 'trigger.time')
  const due = encodeURIComponent('2030-01-02T19:00:00Z')
  expect(await problemsOf(`${mocks}, requests: [{ advance: 2d, expect: { ${asked(due)} } }]`, daily)).toEqual([])
  const [fault] = await problemsOf(`${mocks}, requests: [{ advance: 1h, expect: { status: 204 } }]`, daily)
  expect(fault).toMatch(/nothing is due/)
})

test('a message of the test begins a run, and one that does not fit is an error of its inputs', async () => {
  const reading = snapshotOf('{ stream: cities, group: g }', 'message.data.city')
  const given = (data: string) => `${mocks}, requests: [{ message: { data: ${data} }, `
  expect(await problemsOf(`${given('{ city: bern }')} expect: { status: 204, ${asked('bern')} } }]`, reading)).toEqual(
    [],
  )
  expect(await problemsOf(`${given('{}')} expect: { error: invalid-input } }]`, reading)).toEqual([])
})

test('what begins no run of a route is told', () => {
  const text = 'tests: [{ name: it, requests: [{ request: {}, expect: { status: 204 } }] }]'
  expect(read(text, snapshotOf('{ every: 1m }', 'trigger.time')).faults.join()).toContain('not begun by what `request`')
})
