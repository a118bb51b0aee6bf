import { ADDRCONFIG } from 'node:dns'
import { lookup } from 'node:dns/promises'

/** Only the family the system puts first: it sorts what cannot be reached from here to the end (RFC 6724). */
export async function resolveBySystem(hostname: string): Promise<readonly string[]> {
  const found = await lookup(hostname, { all: true, hints: ADDRCONFIG })
  return found.filter(({ family }) => family === found[0]?.family).map(({ address }) => address)
}
