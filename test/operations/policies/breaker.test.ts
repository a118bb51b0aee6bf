import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Bulkhead } from '../../../src/admission/bulkhead.ts'
import { uncountedAdmission } from '../../../src/admission/metrics.ts'
import type { Layer } from '../../../src/calls/layer.ts'
import { GatewayError } from '../../../src/errors.ts'
import { breaker } from '../../../src/operations/policies/breaker/breaker.ts'
import { Circuit } from '../../../src/operations/policies/breaker/circuit.ts'
import { bulkhead } from '../../../src/operations/policies/bulkhead/bulkhead.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { callRequest, errorOf, layerOf, live, ongoing, RecordingSpan, scripted } from '../../support/sites.ts'

const policy = { errorRate: 0.5, windowMs: 10_000, minCalls: 4, openMs: 5000 }
const unavailable = new GatewayError('unavailable')
const status = (code: number) => new GatewayError(`http-${code}`, { response: { status: code, body: undefined } })

/** Of the gate that a test hands in. */
const bears = { policy: { concurrent: 1, queue: 0, order: 'fifo' }, clientOf: undefined }

let clock: FakeClock
let circuit: Circuit
let states: string[]

beforeEach(() => {
  clock = new FakeClock()
  states = []
  circuit = new Circuit(policy, clock, (state) => states.push(state))
})

afterEach(() => {
  circuit.shutdown()
  expect(clock.pending).toBe(0)
})

/** The layer before calls wait for their turn. */
const ahead = (parts: Parameters<typeof layerOf>[2]) => layerOf({ ...breaker, wrap: breaker.ahead! }, policy, parts)

function guard(next: Layer) {
  return layerOf(breaker, policy, { clock, state: circuit })(next)
}

async function fail(times: number, error: GatewayError = unavailable): Promise<void> {
  const call = guard(scripted(error))
  for (let index = 0; index < times; index++) await call(callRequest(), ongoing(clock)).catch(() => {})
}

async function succeed(times: number): Promise<void> {
  const call = guard(scripted(live))
  for (let index = 0; index < times; index++) await call(callRequest(), ongoing(clock))
}

describe('breaker', () => {
  test('opens at the error rate, once there were enough calls', async () => {
    await succeed(2)
    await fail(1)
    expect(circuit.state).toBe('closed')
    await fail(1)
    expect(circuit.state).toBe('open')
    expect(states).toEqual(['open'])
  })

  test('shows its state as a number: closed, half-open, open', async () => {
    const shown: number[] = []
    const shared = breaker.shared!.open(policy, {
      clock,
      gauge: (value) => shown.push(value),
      tell() {},
      onChange() {},
    })
    const call = layerOf(breaker, policy, { clock, state: shared })(scripted(...Array(4).fill(unavailable), live))
    for (let index = 0; index < 4; index++) await errorOf(call(callRequest(), ongoing(clock)))
    await clock.advance(5000)
    await call(callRequest(), ongoing(clock))
    expect(shown).toEqual([2, 1, 0])
  })

  test('stays closed below the error rate', async () => {
    await succeed(6)
    await fail(5)
    expect(circuit.state).toBe('closed')
  })

  test('refuses at once while open, and says when to come back', async () => {
    await fail(4)
    await clock.advance(1500)
    const next = scripted(live)
    const span = new RecordingSpan(true)
    const error = await errorOf(guard(next)(callRequest(), ongoing(clock, { span })))
    expect(error).toMatchObject({ code: 'circuit-open', step: 'recommend', status: 503, retryAfter: 4 })
    expect(next.calls).toBe(0)
    expect(span.events).toEqual([{ name: 'tessera.breaker', attributes: { state: 'open' } }])
  })

  test('lets one probe through after its rest, and closes when it succeeds', async () => {
    await fail(4)
    await clock.advance(5000)
    expect(circuit.state).toBe('half-open')
    let answerProbe = () => {}
    const probe = guard(() => new Promise((resolve) => (answerProbe = () => resolve(live))))(
      callRequest(),
      ongoing(clock),
    )
    const others = scripted(live)
    expect((await errorOf(guard(others)(callRequest(), ongoing(clock)))).code).toBe('circuit-open')
    expect(others.calls).toBe(0)
    answerProbe()
    await probe
    expect(circuit.state).toBe('closed')
    expect(states).toEqual(['open', 'half-open', 'closed'])
  })

  test('rests again when the probe fails', async () => {
    await fail(4)
    await clock.advance(5000)
    await fail(1)
    expect(circuit.state).toBe('open')
    await clock.advance(4999)
    expect(circuit.state).toBe('open')
    await clock.advance(1)
    expect(circuit.state).toBe('half-open')
  })

  test('a call that began before its rest and ends after it changes nothing', async () => {
    let answerLate = () => {}
    const late = guard(() => new Promise((resolve) => (answerLate = () => resolve(live))))(
      callRequest(),
      ongoing(clock),
    )
    await fail(4)
    await clock.advance(5000)
    answerLate()
    await late
    expect(circuit.state).toBe('half-open')
  })

  test('does not count against a backend that came back what it did before', async () => {
    await fail(4)
    await clock.advance(5000)
    await succeed(1)
    await fail(1)
    expect(circuit.state).toBe('closed')
  })

  test('a cancelled probe neither closes it nor leaves it stuck', async () => {
    await fail(4)
    await clock.advance(5000)
    await fail(1, new GatewayError('cancelled'))
    expect(circuit.state).toBe('half-open')
    await succeed(1)
    expect(circuit.state).toBe('closed')
  })

  test('asks again after the queue: what waited is refused once it has opened', async () => {
    const gate = new Bulkhead(
      { concurrent: 1, queue: 20, order: 'fifo' },
      clock,
      uncountedAdmission.bulkhead('service', 'reco'),
    )
    const backend = scripted(unavailable)
    const slow: Layer = (request, call) =>
      new Promise((resolve, reject) => {
        clock.schedule(10, () => void backend(request, call).then(resolve, reject))
      })
    const parts = { clock, state: circuit, bulkhead: gate }
    const guarded = ahead(parts)(layerOf(bulkhead, bears, parts)(layerOf(breaker, policy, parts)(slow)))
    const calls = Array.from({ length: 20 }, () => errorOf(guarded(callRequest(), ongoing(clock))))
    await clock.advance(200)
    const codes = (await Promise.all(calls)).map(({ code }) => code)
    expect(backend.calls).toBe(4)
    expect(codes).toEqual([...Array(4).fill('unavailable'), ...Array(16).fill('circuit-open')])
    // Nobody queues for a breaker that is open.
    expect((await errorOf(guarded(callRequest(), ongoing(clock)))).code).toBe('circuit-open')
    expect([gate.inside, gate.waiting]).toEqual([0, 0])
  })

  test('lets one of those through that queued while it was half open', async () => {
    const gate = new Bulkhead(
      { concurrent: 2, queue: 20, order: 'fifo' },
      clock,
      uncountedAdmission.bulkhead('service', 'reco'),
    )
    await fail(4)
    await clock.advance(5000)
    expect(circuit.state).toBe('half-open')
    const asked: (() => void)[] = []
    const hanging: Layer = () => new Promise((resolve) => asked.push(() => resolve(live)))
    gate.tryEnter()
    gate.tryEnter()
    const parts = { clock, state: circuit, bulkhead: gate }
    const guarded = ahead(parts)(layerOf(bulkhead, bears, parts)(layerOf(breaker, policy, parts)(hanging)))
    const [first, ...others] = Array.from({ length: 6 }, () => guarded(callRequest(), ongoing(clock)))
    const refused = others.map(errorOf)
    expect(gate.waiting).toBe(6)
    gate.leave(undefined)
    gate.leave(undefined)
    expect((await Promise.all(refused)).map(({ code }) => code)).toEqual(Array(5).fill('circuit-open'))
    expect(asked).toHaveLength(1)
    asked[0]!()
    await first
    expect(circuit.state).toBe('closed')
  })

  test.each([
    ['cancelled', new GatewayError('cancelled')],
    ['overloaded', new GatewayError('overloaded')],
    ['invalid-input', new GatewayError('invalid-input')],
    ['http-404', status(404)],
    ['a 404 that the service named', new GatewayError('product-missing', { response: { status: 404, body: {} } })],
    ['http-302', status(302)],
    ['http-408, which one client may have earned', status(408)],
    ['http-429, which one client may have earned', status(429)],
  ])('%s is not the failure of the backend', async (_name, error) => {
    await fail(20, error)
    expect(circuit.state).toBe('closed')
  })

  test.each([
    ['timeout', new GatewayError('timeout')],
    ['invalid-response', new GatewayError('invalid-response')],
    [
      'an invalid-response with status 200',
      new GatewayError('invalid-response', { response: { status: 200, body: 1 } }),
    ],
    ['http-500', status(500)],
  ])('%s is the failure of the backend', async (_name, error) => {
    await fail(4, error)
    expect(circuit.state).toBe('open')
  })

  test('what tells nothing of the backend does not hide that it fails', async () => {
    await fail(20, new GatewayError('cancelled'))
    await fail(4)
    expect(circuit.state).toBe('open')
  })

  test('a failure before any attempt says nothing of the backend', async () => {
    const call = guard(() => Promise.reject(new GatewayError('timeout')))
    for (let index = 0; index < 20; index++) await call(callRequest(), ongoing(clock)).catch(() => {})
    expect(circuit.state).toBe('closed')
  })

  test('calls refused while it was open do not slow its opening again', async () => {
    await fail(4)
    for (let index = 0; index < 1000; index++)
      await guard(scripted(live))(callRequest(), ongoing(clock)).catch(() => {})
    await clock.advance(5000)
    await succeed(1)
    await fail(4)
    expect(circuit.state).toBe('open')
  })

  test('forgets what lies outside its window', async () => {
    await fail(3)
    await clock.advance(11_000)
    await fail(1)
    expect(circuit.state).toBe('closed')
  })

  test('lets calls pass unguarded once it is shut down', async () => {
    circuit.shutdown()
    await succeed(1)
  })
})
