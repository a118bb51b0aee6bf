import { expect, test } from '@jest/globals'
import { describeChange } from '../../src/cli/changed-files.ts'

const texts = (routes: Record<string, string>) => ({
  gateway: { path: 'config/gateway.yaml', text: '' },
  dictionary: [],
  services: [],
  routes: Object.entries(routes).map(([path, text]) => ({ path, text })),
  unreadable: [],
  env: {},
})

test('names the files that changed, came and went', () => {
  const before = texts({ 'routes/a.yaml': '1', 'routes/b.yaml': '1', 'routes/c.yaml': '' })
  const after = texts({ 'routes/a.yaml': '2', 'routes/b.yaml': '1', 'routes/d.yaml': '', 'routes/c2.yaml': '' })
  expect(describeChange(before, after)).toBe(
    'routes/a.yaml changed, routes/d.yaml added, routes/c2.yaml added, routes/c.yaml removed',
  )
})

test('is empty when the texts are the same', () => {
  expect(describeChange(texts({ 'routes/a.yaml': '' }), texts({ 'routes/a.yaml': '' }))).toBe('')
})
