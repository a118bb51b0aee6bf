import { describe, expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { type ProjectFiles, projectTexts, world } from '../support/project.ts'

const files: ProjectFiles = {
  ...world,
  'routes/home': 'match: GET /home\ndo: [ { invoke: content.banners } ]\nresponse: { body: "${env.TEXT:-none}" }\n',
}
const versionOf = (changed: ProjectFiles = {}, env: Record<string, string> = {}) =>
  buildSnapshot(projectTexts({ ...files, ...changed }, env)).snapshot!.version

describe('the version of a snapshot', () => {
  test('is twelve hexadecimal digits, the same for the same texts', () => {
    expect(versionOf()).toMatch(/^[0-9a-f]{12}$/)
    expect(versionOf()).toBe(versionOf())
  })

  test.each<[name: string, changed: ProjectFiles]>([
    ['a route', { 'routes/home': `${files['routes/home']}# changed` }],
    ['a service', { 'services/content': `${world['services/content']}# changed` }],
    ['the dictionary', { dictionary: `${world.dictionary}# changed` }],
    ['the gateway', { gateway: 'listen: 8081' }],
    ['what there is', { 'routes/other': 'match: GET /other\nresponse: { body: 1 }' }],
  ])('is another when %s changes', (_, changed) => {
    expect(versionOf(changed)).not.toBe(versionOf())
  })

  test('is another when a file has another name', () => {
    const { 'routes/home': home, ...others } = files
    const renamed = buildSnapshot(projectTexts({ ...others, 'routes/start': home! })).snapshot!.version
    expect(renamed).not.toBe(versionOf())
  })

  test('is another when a variable that a file names changes, and not for any other', () => {
    expect(versionOf({}, { TEXT: 'a' })).not.toBe(versionOf({}, { TEXT: 'b' }))
    expect(versionOf({}, { TEXT: 'a', OTHER: 'x' })).toBe(versionOf({}, { TEXT: 'a', OTHER: 'y' }))
  })

  test('does not tell where one text ends and the next begins apart by chance', () => {
    expect(versionOf({ gateway: '#ab' })).not.toBe(
      versionOf({ gateway: '#a', dictionary: `b${world.dictionary}`.replace('b\n', '\n') }),
    )
  })
})

describe('the key of a service', () => {
  const keyOf = (service: string) =>
    buildSnapshot(projectTexts({ ...files, 'services/content': service })).snapshot!.callSites[0]!.service.key
  const content = world['services/content']

  test('is the same whatever else of it changes, so that its connections outlive a reload', () => {
    expect(keyOf(`${content}# changed`)).toBe(keyOf(content))
    expect(keyOf(`timeout: 3s${content}`)).toBe(keyOf(content))
  })

  test('is another at another address', () => {
    expect(keyOf(content.replace(':9]', ':8]'))).not.toBe(keyOf(content))
  })
})
