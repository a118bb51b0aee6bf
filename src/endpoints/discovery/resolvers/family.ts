import { isIP } from 'node:net'

/**
 * The addresses of one family: the one that comes first, unless only the other takes connections. A name may have both
 * while the server behind it listens on one; looked at only where there are both.
 */
export async function chooseFamily(
  addresses: readonly string[],
  takesConnections: (address: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const family = isIP(addresses[0] ?? '')
  const first = addresses.filter((address) => isIP(address) === family)
  const other = addresses.filter((address) => isIP(address) !== family)
  if (other.length === 0 || (await someTakes(first, takesConnections))) return first
  return (await someTakes(other, takesConnections)) ? other : first
}

async function someTakes(
  addresses: readonly string[],
  takesConnections: (address: string) => Promise<boolean>,
): Promise<boolean> {
  const taken = await Promise.all(addresses.map(takesConnections))
  return taken.includes(true)
}
