import { expect, test } from '@jest/globals'
import { isLate, type StartTicket, startWithin } from '../../../src/durable/store/start-deadline.ts'
import { FakeClock } from '../../support/fake-clock.ts'

function begun(clock = new FakeClock()) {
  const recorded = Promise.withResolvers<string>()
  let ticket: StartTicket | undefined
  const started = startWithin(1000, clock, (given) => {
    ticket = given
    return recorded.promise
  })
  started.catch(() => {})
  return { clock, started, recorded, ticket: ticket! }
}

test('a run that is recorded in time begins, and its client waits for it', async () => {
  const { clock, started, recorded, ticket } = begun()
  await clock.advance(999)
  expect(ticket.claim()).toBe(true)
  await clock.advance(60_000)
  recorded.resolve('done')
  await expect(started).resolves.toBe('done')
})

test('a run that is recorded late is void: its client was told 503, and when to ask again', async () => {
  const { clock, started, recorded, ticket } = begun()
  await clock.advance(1000)
  await expect(started).rejects.toMatchObject({ status: 503, code: 'overloaded', retryAfter: 1 })
  expect(ticket.claim()).toBe(false)
  recorded.resolve('late')
  await expect(started).rejects.toMatchObject({ status: 503 })
})

test('a run that cannot be recorded fails at once, and may not begin later', async () => {
  const { started, recorded, ticket } = begun()
  recorded.reject(new Error('no'))
  await expect(started).rejects.toThrow('no')
  expect(ticket.claim()).toBe(false)
})

test('a gateway that recovers it tells by the time of its record', () => {
  const { ticket, clock } = begun()
  expect(ticket.startBy).toBe(clock.epoch() + 1000)
  expect(isLate(ticket, clock.epoch() + 1000)).toBe(false)
  expect(isLate(ticket, clock.epoch() + 1001)).toBe(true)
})
