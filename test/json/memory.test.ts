import { describe, expect, test } from '@jest/globals'
import { useEngine } from '../../src/json/engine.ts'
import { compileIndexer } from '../../src/json/indexer.ts'
import { compileWriter } from '../../src/json/writer.ts'

const mebibyte = 1024 * 1024
const index = compileIndexer([[]], 500)
const copy = compileWriter({ kind: 'slot', slot: 0, path: [] })

describe('memory', () => {
  test('grows for large bodies and answers', () => {
    for (const [unit, count] of [
      ['12345678,', 500_000],
      ['1,', 2_000_000],
      ['[],', 1_000_000],
      ['{"a":"b"},', 400_000],
    ] as const) {
      const text = `[${unit.repeat(count)}0]`
      const [slice] = index(Buffer.from(text))!
      expect(slice!.end).toBe(text.length)
      expect(copy([slice])!.equals(Buffer.from(text))).toBe(true)
    }
  })

  test('grows while an answer is written', () => {
    const list = JSON.stringify(Array.from({ length: 100_000 }, (_, id) => ({ id })))
    const [slice] = index(Buffer.from(list))!
    const long = 'x'.repeat(300)
    const writer = compileWriter({
      kind: 'each',
      list: { kind: 'slot', slot: 0, path: [] },
      map: {
        kind: 'array',
        items: [
          { kind: 'literal', value: long },
          { kind: 'item', path: ['id'] },
        ],
      },
    })
    const made = JSON.parse(writer([slice])!.toString()) as unknown[]
    expect(made).toHaveLength(100_000)
    expect(made[99_999]).toEqual([long, 99_999])
  })

  test('is not kept after a large call', () => {
    index(Buffer.from(`["${'x'.repeat(15 * mebibyte)}",${'1,'.repeat(400_000)}0]`))
    index(Buffer.from('1'))
    expect(useEngine()!.bytes.length).toBeLessThanOrEqual(16 * mebibyte)
  })

  test('is not taken for a body over 16 MiB', () => {
    const most = `"${'x'.repeat(16 * mebibyte - 2)}"`
    expect(index(Buffer.from(most))).toBeDefined()
    expect(index(Buffer.from(`${most} `))).toBeUndefined()
  })

  test('does not suffice for more than it may take, and serves the next call', () => {
    const [large] = index(Buffer.from(`"${'x'.repeat(15 * mebibyte)}"`))!
    const slots = Array.from({ length: 12 }, (_, slot) => ({ kind: 'slot', slot, path: [] }) as const)
    expect(compileWriter({ kind: 'array', items: slots })(slots.map(() => large))).toBeUndefined()
    const fiveTimes = compileWriter({ kind: 'array', items: Array(5).fill(slots[0]) })
    expect(fiveTimes([large])).toBeUndefined()
    const fourTimes = compileWriter({ kind: 'array', items: Array(4).fill(slots[0]) })
    expect(fourTimes([large])!.length).toBe(4 * (15 * mebibyte + 2) + 5)
    expect(copy([index(Buffer.from('[1]'))![0]])!.toString()).toBe('[1]')
  })

  test('shows nothing of one call to another', () => {
    index(Buffer.from(`"${'secret'.repeat(1000)}"`))
    expect(index(Buffer.from('"'))).toBeUndefined()
    expect(index(Buffer.from('1'))![0]!.parse()).toBe(1)
    expect(index(Buffer.from('[1'))).toBeUndefined()
  })

  test('is as large after a thousand programs as after one', () => {
    const before = useEngine()!.bytes.length
    for (let i = 0; i < 1000; i++) {
      const [slice] = compileIndexer([[`name${i}`]], 500)(Buffer.from(`{"name${i}":${i}}`))!
      const writer = compileWriter({ kind: 'object', members: [[`n${i}`, { kind: 'slot', slot: 0, path: [] }]] })
      expect(writer([slice])!.toString()).toBe(`{"n${i}":${i}}`)
    }
    expect(useEngine()!.bytes.length).toBe(before)
  })
})
