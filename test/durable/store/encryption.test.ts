import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createSerializer, JournalKey, UnreadableJournal } from '../../../src/durable/store/encryption.ts'

const older = new JournalKey('o'.repeat(32))
const newer = new JournalKey('n'.repeat(32))

test('every value comes back as it was, and no text shows it', () => {
  const serializer = createSerializer([newer], false)
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
      expect(serializer.parse(serializer.stringify(texts))).toEqual(texts)
    }),
  )
  expect(serializer.stringify({ card: '4111-planted' })).not.toContain('planted')
  expect(serializer.parse(serializer.stringify(undefined))).toBeUndefined()
})

test('the same value is never the same text', () => {
  const { stringify } = createSerializer([newer], false)
  expect(new Set(Array.from({ length: 100 }, () => stringify('once'))).size).toBe(100)
})

test('the first key writes, and all of them read', () => {
  const before = createSerializer([older], false).stringify('kept')
  const rotated = createSerializer([newer, older], false)
  expect(rotated.parse(before)).toBe('kept')
  expect(createSerializer([newer], false).parse(rotated.stringify('new'))).toBe('new')
})

test('a text of another key names that key, and one that was changed is not read', () => {
  const text = createSerializer([older], false).stringify('kept')
  expect(() => createSerializer([newer], false).parse(text)).toThrow(`the key ${older.id}, which is not given`)
  const at = text.length - 6
  const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
  expect(() => createSerializer([older], false).parse(changed)).toThrow(UnreadableJournal)
})

test('a text that is not encrypted is read only where the journal was not always', () => {
  const text = createSerializer([], true).stringify({ planted: true })
  expect(createSerializer([newer], true).parse(text)).toEqual({ planted: true })
  expect(() => createSerializer([newer], false).parse(text)).toThrow(UnreadableJournal)
})

test('a key has 32 characters', () => {
  expect(() => new JournalKey('short')).toThrow('it has 5 characters, fewer than 32')
})
