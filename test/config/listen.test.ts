import { describe, expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { projectTexts } from '../support/project.ts'

const build = (gateway: string) => buildSnapshot(projectTexts({ gateway, 'routes/a': 'match: GET /a\nresponse: {}\n' }))
const settings = (gateway: string) => build(gateway).snapshot!.settings
const faults = (gateway: string) =>
  build(gateway).diagnostics.map(({ message, at }) => `${at.line}:${at.column} ${message}`)

const bears = {
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 10_000,
  keepAliveTimeoutMs: 75_000,
  maxHeaderBytes: 16_384,
  maxConnections: 16_384,
  health: undefined,
}

describe('`listen`', () => {
  test.each([
    ['{}', { host: undefined, port: 8080 }],
    ['listen: 9000', { host: undefined, port: 9000 }],
    ["listen: '[::1]:9000'", { host: '::1', port: 9000 }],
    ['listen: { host: 10.0.0.5, port: 9000 }', { host: '10.0.0.5', port: 9000 }],
  ])('%s', (text, at) => {
    expect(settings(text).listen).toEqual([{ name: 'public', ...bears, ...at }])
  })

  test('as a list, each with what it bears', () => {
    const { listen } = settings(`listen:
  - { name: public, port: 8443, headersTimeout: 5s, bodyTimeout: 15s, keepAliveTimeout: 65s, maxHeaderSize: 32KB, maxConnections: 100, health: /healthz }
  - { name: inside, host: 10.0.0.5, port: 8081 }
`)
    expect(listen).toEqual([
      {
        name: 'public',
        host: undefined,
        port: 8443,
        headersTimeoutMs: 5000,
        bodyTimeoutMs: 15_000,
        keepAliveTimeoutMs: 65_000,
        maxHeaderBytes: 32_768,
        maxConnections: 100,
        health: '/healthz',
      },
      { name: 'inside', ...bears, host: '10.0.0.5', port: 8081 },
    ])
  })

  test.each([
    ['listen: 70000', 1],
    ['listen: []', 1],
    ['listen: [8080, 8081]', 1],
    ['listen: [{ name: a, port: 1 }, { name: a, port: 2 }]', 1],
    ['listen: [{ name: a, port: 1 }, { name: b, port: 1 }]', 1],
    ["listen: [{ name: a, port: 1 }, { name: b, host: '::1', port: 1 }]", 1],
    ['listen: { port: 1, health: healthz }', 1],
    ['listen: { port: 1, headersTimeout: 0s }', 1],
    ['listen: { port: 1, headerTimeout: 1s }', 1],
    ['listen: { name: a }', 1],
    ['drain: { accept: 10s }', 1],
  ])('%s is told', (text, count) => {
    expect(faults(text)).toHaveLength(count)
  })
})

test('a drain is ten seconds in all', () => {
  expect(settings('{}').drain).toEqual({ acceptMs: undefined, totalMs: 10_000 })
  expect(settings('drain: { accept: 3s, total: 25s }').drain).toEqual({ acceptMs: 3000, totalMs: 25_000 })
})
