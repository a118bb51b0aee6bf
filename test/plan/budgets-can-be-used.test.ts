import { expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { type ProjectFiles, projectTexts, world } from '../support/project.ts'

const files = (route: string, { service = '', gateway = '' } = {}): ProjectFiles => ({
  ...world,
  gateway,
  'services/content': `service: content
endpoints: [http://127.0.0.1:9]
${service}
operations: { banners: { get: /banners, out: { banner.list: $.banners } } }`,
  'routes/home': `match: GET /home
${route}
response: { body: $.banner.list }`,
})

const told = (...given: Parameters<typeof files>) => {
  const { diagnostics } = buildSnapshot(projectTexts(files(...given)))
  return diagnostics.filter(({ code }) => code === 'unused-budget').map(({ message }) => message)
}

const call = 'do: [ { invoke: content.banners } ]'

test('a route is told that its longer time is not its call’s', () => {
  expect(told(`timeout: 5s\n${call}`)).toEqual([
    'an attempt of `content.banners` has the built-in 1s, whatever the route has',
  ])
})

test.each([
  ['who gives the call a time', `timeout: 5s\ndo: [ { invoke: content.banners, timeout: 1s } ]`, {}],
  ['who gives the service a time', `timeout: 5s\n${call}`, { service: 'timeout: 1s' }],
  ['who gives all calls a time', `timeout: 5s\n${call}`, { gateway: 'defaults: { timeout: 1s }' }],
  ['who gives the route no more', `timeout: 1s\n${call}`, {}],
  ['who says nothing', call, {}],
  [
    'who has several calls that may take it together',
    `timeout: 2s\ndo: [ { id: a, invoke: content.banners }, { id: b, invoke: content.banners } ]`,
    {},
  ],
])('nothing is told %s', (_who, route, others) => {
  expect(told(route, others)).toEqual([])
})
