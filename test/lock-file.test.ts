import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'

interface Locked {
  readonly link?: boolean
  readonly integrity?: string
}

test('every package that may be installed is held to a hash, optional ones for other platforms too', () => {
  const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'))
  const packages = Object.entries(lock.packages as Record<string, Locked>).filter(([path, { link }]) => path && !link)
  expect(packages.length).toBeGreaterThan(100)
  const loose = packages.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))
  expect(loose.map(([path]) => path)).toEqual([])
})
