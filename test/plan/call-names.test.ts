import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { CallNames } from '../../src/plan/call-names.ts'
import type { Path } from '../../src/yaml/source.ts'

/** Whether two steps stand in arms of one branch, looked at side by side. */
function areExclusive(a: Path, b: Path): boolean {
  const fork = a.findIndex((segment, index) => segment !== b[index])
  return fork > 0 && a[fork - 1] === 'branch' && typeof a[fork] === 'number'
}

const step = fc.constantFrom<Path>(['do', 0], ['do', 1], ['do', 2], ['do', 0, 'branch', 0], ['do', 0, 'branch', 1])
const paths = fc
  .uniqueArray(
    fc.tuple(step, step).map(([outer, inner]) => [...outer, ...inner, 'invoke'] as Path),
    {
      selector: (path) => path.join('/'),
      maxLength: 12,
    },
  )
  .map((all) => all.toSorted((a, b) => (a.join('/') < b.join('/') ? -1 : 1)))

test('a call gets the first name that no call has which may run together with it', () => {
  fc.assert(
    fc.property(paths, (all) => {
      const names = new CallNames()
      const holders: { path: Path; name: string }[] = []
      for (const path of all) {
        const name = names.findFree('s.get', path)
        const taken = new Set(holders.filter((one) => !areExclusive(one.path, path)).map((one) => one.name))
        const numbers = Array.from({ length: all.length + 1 }, (_, index) =>
          index === 0 ? 's.get' : `s.get-${index + 1}`,
        )
        expect(name).toBe(numbers.find((candidate) => !taken.has(candidate)))
        names.take(name, path, false)
        holders.push({ path, name })
      }
    }),
  )
})

test('tells names that somebody wrote from those that were given', () => {
  const names = new CallNames()
  names.take('a', ['do', 0], false)
  names.take('b', ['do', 1], true)
  const path = ['do', 2]
  expect([names.isTaken('a', path), names.isWritten('a', path)]).toEqual([true, false])
  expect([names.isTaken('b', path), names.isWritten('b', path)]).toEqual([true, true])
  expect(names.isTaken('c', path)).toBe(false)
})
