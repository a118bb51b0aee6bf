import { describe, expect, test } from '@jest/globals'
import { complaintsAbout } from '../support/conformance/page.ts'
import { loadProject } from '../support/project.ts'

const route = 'match: GET /\nresponse: { body: 1 }\n'
const settingsOf = (gateway: string) => loadProject({ gateway, 'routes/r': route }).settings

const durations: [text: string, ms: number][] = [
  ['150ms', 150],
  ['3s', 3000],
  ['10m', 600_000],
  ['1h', 3_600_000],
  ['2d', 172_800_000],
  ['1.5s', 1500],
]
const sizes: [text: string, bytes: number][] = [
  ['64KB', 65_536],
  ['2MB', 2_097_152],
  ['1GB', 1_073_741_824],
  ['512B', 512],
  ['512', 512],
]
const shares: [text: string, share: number][] = [
  ['50%', 0.5],
  ['0.1%', 0.001],
  ['0%', 0],
  ['100%', 1],
]

describe('a quantity', () => {
  test.each(durations)('%s is a duration', (text, ms) => {
    expect(settingsOf(`defaults: { timeout: ${text} }`).defaults.timeout).toBe(ms)
  })
  test.each(sizes)('%s is a size', (text, bytes) => {
    expect(settingsOf(`defaults: { maxRequestBody: ${text} }`).defaults.maxRequestBody).toBe(bytes)
  })
  test.each(shares)('%s is a share', (text, share) => {
    expect(settingsOf(`telemetry: { sampling: ${text} }`).telemetry.sampling).toBe(share)
  })
})

const wrong: [key: string, text: string][] = [
  ['defaults: { timeout: %s }', '800'],
  ['defaults: { timeout: %s }', '3 s'],
  ['defaults: { timeout: %s }', '3S'],
  ['defaults: { timeout: %s }', '-3s'],
  ['defaults: { timeout: %s }', '3w'],
  ['defaults: { timeout: %s }', '0s'],
  ['defaults: { timeout: %s }', '0'],
  ['defaults: { timeout: %s }', '[1s]'],
  ['defaults: { maxRequestBody: %s }', '2mb'],
  ['defaults: { maxRequestBody: %s }', '-1'],
  ['defaults: { maxRequestBody: %s }', '1.5'],
  ['telemetry: { sampling: %s }', '1'],
  ['telemetry: { sampling: %s }', '101%'],
  ['telemetry: { sampling: %s }', '-1%'],
  ['listen: %s', '70000'],
  ['listen: %s', 'a:b'],
  ['listen: %s', '-1'],
]

describe('what is no quantity', () => {
  test.each(wrong)('%s: %s', (key, text) => {
    const gateway = key.replace('%s', text)
    const found = complaintsAbout(route, { gateway })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(`invalid-value gateway.yaml:1:${key.indexOf('%s') + 1} `)
  })
})
