import { beforeEach, describe, expect, test } from '@jest/globals'
import { type Guest, WaitingRoom } from '../../src/transports/waiting-room.ts'

describe('a waiting room', () => {
  let now = 0
  let entered: string[] = []
  let turnedAway: string[] = []
  beforeEach(() => {
    now = 1000
    entered = []
    turnedAway = []
  })

  const open = (connections: number, maxWaiting = 1024) => new WaitingRoom(connections, maxWaiting, () => now)
  const guest = (name: string, timeLeftMs = 300): Guest => ({
    timeLeftMs,
    enteredAtMs: 0,
    enter: () => void entered.push(name),
    turnAway: () => void turnedAway.push(name),
  })
  /** Lets the room be entered for so long that it knows how long a visit takes. */
  const teach = (room: WaitingRoom, visitMs: number) => {
    const teacher = guest('teacher')
    room.admit(teacher)
    now += visitMs
    room.leave(teacher)
    entered = []
  }
  const turn = () => Promise.resolve()

  test('lets in as many as there are connections, the others in the order of asking', async () => {
    const room = open(2)
    const guests = ['a', 'b', 'c', 'd', 'e'].map((name) => guest(name))
    for (const one of guests) expect(room.admit(one)).toBe(true)
    expect(entered).toEqual(['a', 'b'])
    room.giveUp(guests[2]!)
    room.leave(guests[1]!)
    room.leave(guests[0]!)
    await turn()
    expect(entered).toEqual(['a', 'b', 'd', 'e'])
  })

  test('is full when so many wait', () => {
    const room = open(1, 2)
    expect(['a', 'b', 'c', 'd'].map((name) => room.admit(guest(name)))).toEqual([true, true, true, false])
  })

  test('serves the whole of a burst that can be, though it has waited for most of its time', async () => {
    const room = open(1)
    teach(room, 1)
    const guests = Array.from({ length: 200 }, (_, index) => guest(String(index)))
    for (const one of guests) room.admit(one)
    for (const one of guests) {
      now += 1
      room.leave(one)
      await turn()
    }
    expect(entered).toHaveLength(200)
    // As after a loop that stood still: what is left is still more than a visit takes.
    const [inside, late] = [guest('inside'), guest('late')]
    room.admit(inside)
    room.admit(late)
    now += 290
    inside.enteredAtMs = now - 1
    room.leave(inside)
    await turn()
    expect(entered.at(-1)).toBe('late')
    expect(turnedAway).toEqual([])
  })

  test('turns away whose answer would come too late, and lets the next one in', async () => {
    const room = open(1)
    teach(room, 100)
    const inside = guest('inside')
    room.admit(inside)
    room.admit(guest('early'))
    now += 120
    room.admit(guest('later'))
    now += 90
    room.leave(inside)
    await turn()
    expect([turnedAway, entered]).toEqual([['early'], ['inside', 'later']])
  })

  test('turns nobody away who has not waited for half of its time, however long others take', async () => {
    const room = open(1)
    teach(room, 10_000)
    const inside = guest('inside')
    room.admit(inside)
    room.admit(guest('quick', 100))
    now += 49
    room.leave(inside)
    await turn()
    expect([turnedAway, entered]).toEqual([[], ['inside', 'quick']])
  })

  test('under lasting overload serves as many as it can, each in its time', async () => {
    // 4 connections of 20 ms serve 200 a second; 600 come.
    const room = open(4)
    const leaving: { readonly one: Guest; readonly at: number }[] = []
    let [served, late, sent] = [0, 0, 0]
    const begin = now
    const visitor = (): Guest => {
      const cameAt = now
      const one: Guest = {
        timeLeftMs: 300,
        enteredAtMs: 0,
        enter: () => {
          leaving.push({ one, at: now + 20 })
          if (now + 20 - cameAt <= 300) served++
          else late++
        },
        turnAway: () => {},
      }
      return one
    }
    for (; now < begin + 10_000; now++) {
      while (sent < (now - begin) * 0.6) {
        room.admit(visitor())
        sent++
      }
      while (leaving[0] && leaving[0].at <= now) room.leave(leaving.shift()!.one)
      await turn()
    }
    expect(late).toBe(0)
    expect(served).toBeGreaterThan(1_900)
  })

  test('does not hold it against later guests that a backend hung', async () => {
    const room = open(1)
    teach(room, 300)
    for (let visit = 0; visit < 20; visit++) {
      const one = guest('one')
      room.admit(one)
      now += 1
      room.leave(one)
    }
    const [inside, next] = [guest('inside'), guest('next')]
    room.admit(inside)
    room.admit(next)
    now += 250
    inside.enteredAtMs = now - 1
    room.leave(inside)
    await turn()
    expect(turnedAway).toEqual([])
  })

  test('is empty when everyone has left', async () => {
    const room = open(1)
    await room.empty()
    const [inside, next] = [guest('inside'), guest('next')]
    room.admit(inside)
    room.admit(next)
    let isEmpty = false
    const empty = room.empty().then(() => {
      isEmpty = true
    })
    room.leave(inside)
    await turn()
    expect(isEmpty).toBe(false)
    room.leave(next)
    await empty
  })
})
