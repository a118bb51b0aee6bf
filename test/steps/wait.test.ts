import { describe, expect, test } from '@jest/globals'
import { latencyOf } from '../../src/describe/explain/latency.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import type { AggregatedRoute } from '../../src/plan/snapshot.ts'
import { VirtualClock } from '../../src/testing/virtual-clock.ts'
import { runRoute } from '../support/engine.ts'
import { describeDiagnostic, loadProject, projectTexts, takeMarks, world } from '../support/project.ts'

const home = (text: string) => ({ ...world, 'routes/home': `match: GET /home\ntimeout: 1s\n${text}` })

async function run(steps: string) {
  const clock = new VirtualClock()
  const result = await clock.passUntil(runRoute(`timeout: 1s\n${steps}`, { clock }), 60_000)
  return { ...result, took: clock.now() }
}

describe('wait', () => {
  test('goes on after its time', async () => {
    const { body, took } = await run('do: [ { wait: 200ms }, { wait: 300ms } ]\nresponse: { body: done }')
    expect([body, took]).toEqual(['done', 500])
  })

  test('that is longer than what is left of the budget fails at once, so that a catch has the rest', async () => {
    const { body, took } = await run(`
do:
  - wait: 600ms
  - try: [ { wait: 500ms } ]
    catch: [ { errors: [timeout], do: [ { wait: 300ms } ] } ]
response: { body: rested }`)
    expect([body, took]).toEqual(['rested', 900])
  })

  test('ends when something beside it fails', async () => {
    const { body, took } = await run(`
do: [ { parallel: [ { wait: 900ms }, { sequence: [ { wait: 100ms }, { throw: { error: broken } } ] } ] } ]
response: { body: done }`)
    expect([body, took]).toEqual(['broken', 100])
  })

  test('counts in the worst case', () => {
    const { routes } = loadProject(
      home('do: [ { invoke: content.banners, timeout: 100ms }, { wait: 200ms } ]\nresponse: { body: $.banner.list }'),
    )
    expect(latencyOf((routes[0] as AggregatedRoute).bound.body).ms).toBe(300)
  })

  test.each([
    ['that no budget can hold is an error', '{ wait: «5s }', 'timeout-over-budget'],
    ['for a signal without a time is a slip', '{ «wait: { signal: approved } }', 'missing-key'],
    ['for a signal is for durable routes', '{ «wait: { signal: approved, timeout: 500ms } }', 'invalid-durable'],
    ['of no time at all is a slip', '{ wait: «0 }', 'invalid-value'],
  ])('%s', (_name, step, code) => {
    const { files, marks } = takeMarks(home(`do:\n  - ${step}\nresponse: { body: 1 }`))
    const told = buildSnapshot(projectTexts(files)).diagnostics.map(describeDiagnostic)
    expect(told).toEqual([expect.stringMatching(new RegExp(`^${code} ${marks[0]} `))])
  })
})
