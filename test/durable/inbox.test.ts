import { expect, test } from '@jest/globals'
import { Inbox } from '../../src/durable/inbox/inbox.ts'
import { Mailbox } from '../../src/durable/inbox/mailbox.ts'
import type { Message } from '../../src/durable/inbox/message.ts'
import type { Batch } from '../../src/durable/log/entry.ts'
import { RunLog } from '../../src/durable/log/run-log.ts'
import { MemoryRecords } from '../../src/durable/runs/memory.ts'
import { FakeClock, settle } from '../support/fake-clock.ts'
import { until } from '../support/waiting.ts'

const signal = (seq: number, name: string): Message => ({ kind: 'signal', name, seq, body: seq })

test('a message that came before anybody waited is taken by the first who does, each once and in order', async () => {
  const mailbox = new Mailbox()
  for (const [index, name] of ['a', 'b', 'a'].entries()) mailbox.deliver(signal(index + 1, name))
  const taken = [mailbox.take('signal', 'a'), mailbox.take('signal', 'a'), mailbox.take('signal', 'a')]
  mailbox.deliver(signal(4, 'a'))
  expect((await Promise.all(taken.map(({ message }) => message))).map(({ seq }) => seq)).toEqual([1, 3, 4])
})

test('a wait that was given up takes nothing', async () => {
  const mailbox = new Mailbox()
  mailbox.take('signal', 'a').cancel()
  mailbox.deliver(signal(1, 'a'))
  expect((await mailbox.take('signal', 'a').message).seq).toBe(1)
})

test('who handles a kind is told all of it, and no step is', async () => {
  const mailbox = new Mailbox()
  const told: number[] = []
  mailbox.on('pause', ({ seq }) => told.push(seq))
  mailbox.deliver({ ...signal(1, ''), kind: 'pause' })
  mailbox.deliver(signal(2, ''))
  expect(told).toEqual([1])
})

test('what nobody was told of is found when it is looked, and what was delivered does not come again', async () => {
  const clock = new FakeClock()
  const records = new MemoryRecords()
  const got: number[] = []
  const at = 0
  const run = { id: 'one', route: 'r', plan: 'p', by: undefined, key: undefined, request: undefined, at }
  await records.claim(run)
  const inbox = new Inbox({
    ...{ records, clock },
    lastOf: (id) => (id === 'one' ? (got.at(-1) ?? 0) : undefined),
    open: () => ['one'],
    deliver: (_id, { seq }) => got.push(seq),
  })
  await records.send('one', { kind: 'signal', name: 'a' })
  await clock.advance(2000)
  expect(got).toEqual([1])
  await records.send('one', { kind: 'signal', name: 'a' })
  inbox.look('one')
  inbox.look('another')
  await until(() => got.length === 2)
  expect(got).toEqual([1, 2])
  await inbox.close()
})

/** A log whose batches are kept; what the run was told, in order. */
function openLog(past: readonly Batch[] = []) {
  const told: string[] = []
  const batches: Batch[] = [...past]
  const log = new RunLog({ past, clock: new FakeClock(), deliver: ({ seq }) => told.push(`message ${seq}`) })
  const write = async () => {
    for (let next = await log.take(); next; next = await log.take()) {
      batches.push(next.batch)
      next.written()
    }
  }
  void write()
  const arrivals = new Map<string, (said: unknown) => void>()
  const tell = (place: string) =>
    log.tell(place, (arrive) => arrivals.set(place, arrive)).then(() => void told.push(place))
  return { log, told, batches, tell, arrivals }
}

test('a message is told in its turn among all that happens to a run, and after a restart in the same', async () => {
  const first = openLog()
  void first.tell('a').then(() => first.tell('b'))
  first.log.receive(signal(1, 'x'))
  await settle()
  expect(first.told).toEqual([])
  first.log.open()
  await settle()
  first.arrivals.get('a')!(1)
  first.log.receive(signal(2, 'x'))
  await settle()
  first.arrivals.get('b')!(1)
  await settle()
  first.log.receive(signal(2, 'x'))
  await settle()
  const expected = ['message 1', 'a', 'message 2', 'b']
  expect(first.told).toEqual(expected)

  const second = openLog(first.batches)
  expect(second.log.lastMessage).toBe(2)
  void second.tell('a').then(() => second.tell('b'))
  second.log.receive(signal(2, 'x'))
  second.log.open()
  await settle()
  expect(second.told).toEqual(expected)
  second.log.receive(signal(3, 'x'))
  await settle()
  expect(second.told).toEqual([...expected, 'message 3'])
})
