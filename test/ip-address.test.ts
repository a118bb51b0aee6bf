import { isIP } from 'node:net'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { networkOf, parseAddress } from '../src/ip-address.ts'

test.each([
  ['20.0.0.1', '20.0.0.1'],
  ['20.0.0.1:41234', '20.0.0.1'],
  ['2001:db8::1', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['"[2001:db8::1]:443"', '2001:db8::1'],
  ['::ffff:20.0.0.1', '20.0.0.1'],
  ['::ffff:1400:1', '20.0.0.1'],
  ['::1', '::1'],
  ['unknown', undefined],
  ['_hidden', undefined],
  ['20.0.0.1:', undefined],
  ['20.0.0.1:41234:1', undefined],
  ['2001:db8::1]:443', undefined],
  ['', undefined],
  [' 20.0.0.1', undefined],
])('%s is the address %s', (text, address) => {
  expect(parseAddress(text)).toBe(address)
})

test.each([
  ['20.0.0.1', '20.0.0.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::ffff:20.0.0.1', '20.0.0.1'],
  ['::ffff:1400:1', '20.0.0.1'],
  ['not an address', 'not an address'],
])('%s is of the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test('two IPv6 addresses are one client exactly when their first 64 bits are equal', () => {
  const group = fc.constantFrom(0, 1, 0xffff, 0xdb8)
  const groups = fc.array(group, { minLength: 8, maxLength: 8 })
  const print = (of: readonly number[]) => of.map((one) => one.toString(16)).join(':')
  const isMapped = (of: readonly number[]) => of.slice(0, 5).every((one) => one === 0) && of[5] === 0xffff
  const law = fc.property(groups, groups, (a, b) => {
    fc.pre(!isMapped(a) && !isMapped(b))
    expect(isIP(print(a))).toBe(6)
    const isSame = print(a.slice(0, 4)) === print(b.slice(0, 4))
    expect(networkOf(print(a)) === networkOf(print(b))).toBe(isSame)
  })
  fc.assert(law, { numRuns: 2000 })
})
