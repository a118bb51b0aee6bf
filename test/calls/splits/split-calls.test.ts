import { describe, expect, test } from '@jest/globals'
import type { Call, CallResponse } from '../../../src/calls/call.ts'
import type { SplitPolicy } from '../../../src/calls/service-target.ts'
import { Split } from '../../../src/calls/splits/split.ts'
import { splitCalls } from '../../../src/calls/splits/split-calls.ts'
import { GatewayError } from '../../../src/errors.ts'
import type { Document } from '../../../src/expressions/document.ts'
import type { Notice } from '../../../src/telemetry/notice.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { callContext, errorOf, live, RecordingSpan, serviceTarget } from '../../support/sites.ts'

function build(policy: Partial<SplitPolicy>, answers: Record<string, CallResponse | GatewayError> = {}) {
  const clock = new FakeClock()
  const versions = ['stable', 'canary'].map((name) => ({ name, weight: 1, target: serviceTarget() }))
  const whole: SplitPolicy = { versions, by: 'weight', rules: [], sticky: undefined, ...policy }
  const notices: Notice[] = []
  const split = new Split('reco', whole, { clock, random: () => 0, notify: (notice) => notices.push(notice) })
  const counted: string[] = []
  const calls = versions.map(
    ({ name }): Call =>
      async () => {
        const answer = answers[name] ?? live
        if (answer instanceof GatewayError) throw answer
        return { ...answer }
      },
  )
  const call = splitCalls(whole, calls, {
    clock,
    split,
    count: (version) => counted.push(version),
  })
  return { clock, split, call, counted, notices }
}

const document = (request: Record<string, unknown>): Document => ({ request, steps: {} }) as Document

describe('a call of a service in versions', () => {
  test('tells which one it went to: in the answer, the span and the count', async () => {
    const { clock, call, counted } = build({})
    const span = new RecordingSpan(true)
    const response = await call(callContext(clock, { span }))
    expect(response.version).toBe('stable')
    expect(span.attributes).toEqual({ 'tessera.version': 'stable' })
    expect((await call(callContext(clock))).version).toBe('canary')
    expect(counted).toEqual(['stable', 'canary'])
  })

  test('tells it of a failure too', async () => {
    const { clock, call } = build({}, { stable: new GatewayError('timeout') })
    expect((await errorOf(call(callContext(clock)))).version).toBe('stable')
  })

  test('goes where the first rule that holds leads, whatever the weights', async () => {
    const header = (value: string) => (context: Document) =>
      (context['request'] as { headers: Record<string, string> }).headers['x-version'] === value
    const { clock, call } = build({
      rules: [
        { when: '', test: header('next'), to: 'canary' },
        { when: '', test: () => true, to: 'stable' },
      ],
    })
    for (let round = 0; round < 3; round++) {
      const next = document({ headers: { 'x-version': 'next' } })
      expect((await call(callContext(clock, { document: next }))).version).toBe('canary')
      expect((await call(callContext(clock, { document: document({ headers: {} }) }))).version).toBe('stable')
    }
  })

  test('is not failed by a rule that cannot be told: it does not hold, and the log says so once', async () => {
    const test = () => {
      throw new GatewayError('expression-failed', { reason: '`x` is absent' })
    }
    const { clock, call, notices } = build({ rules: [{ when: 'x', test, to: 'canary' }] })
    expect((await call(callContext(clock))).version).toBe('stable')
    await call(callContext(clock))
    expect(notices).toEqual([
      {
        level: 'warn',
        message: 'a rule for the version canary does not hold where it cannot be told',
        subject: 'reco',
        reason: '`x` is absent',
      },
    ])
  })

  test('stays with its version for equal values, and takes turns without one', async () => {
    const read = (context: Document) => (context['request'] as { user?: string }).user
    const { clock, call } = build({ sticky: { on: 'user.id', read } })
    const versionOf = async (user: string | undefined) =>
      (await call(callContext(clock, { document: document({ user }) }))).version
    for (let user = 0; user < 20; user++) {
      const first = await versionOf(`u${user}`)
      for (let again = 0; again < 3; again++) expect(await versionOf(`u${user}`)).toBe(first)
    }
    expect(await versionOf(undefined)).not.toBe(await versionOf(undefined))
  })

  test('tells its version’s load: of what answered live, failed, or was refused by a breaker', async () => {
    const refused = build({ by: 'latency' }, { stable: new GatewayError('circuit-open') })
    await errorOf(refused.call(callContext(refused.clock)))
    expect(refused.split.versions[0]!.load).toMatchObject({ inFlight: 0 })
    expect(refused.split.versions[0]!.load.latencyMs(refused.clock.now())).toBe(1000)

    const cached = build({ by: 'latency' }, { stable: { ...live, source: 'cache' } })
    await cached.call(callContext(cached.clock))
    expect(cached.split.versions[0]!.load.latencyMs(cached.clock.now())).toBe(0)
    expect(cached.split.versions[0]!.load.inFlight).toBe(0)

    const left = build({ by: 'load' }, { stable: new GatewayError('cancelled') })
    await errorOf(left.call(callContext(left.clock)))
    expect(left.split.versions.map(({ load }) => load.inFlight)).toEqual([0, 0])
  })
})
