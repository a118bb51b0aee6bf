import { ADDRCONFIG } from 'node:dns'
import { lookup } from 'node:dns/promises'

/** Of both families, in the system's order: what cannot be reached from here stands at the end (RFC 6724). */
export async function resolveBySystem(hostname: string): Promise<readonly string[]> {
  const found = await lookup(hostname, { all: true, hints: ADDRCONFIG })
  return found.map(({ address }) => address)
}
