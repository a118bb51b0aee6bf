import { isIP } from 'node:net'

/** `[…]` with or without a port, or IPv4 with one. */
const withPort = /^(?:\[([^\]]*)\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+):\d{1,5})$/
/** An IPv6 address with a zone is not longer. */
const longest = 100

/**
 * An IP address as proxies write it (RFC 7239 section 6), maybe with a port, in brackets or in quotes: the address alone,
 * IPv4 as such also where it came within IPv6. Undefined for what is none: a name, `unknown`, an obfuscated identifier.
 */
export function parseAddress(text: string): string | undefined {
  if (text.length > longest) return undefined
  const bare = text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
  const [, inBrackets, beforePort] = withPort.exec(bare) ?? []
  const address = inBrackets ?? beforePort ?? bare
  return isIP(address) === 0 ? undefined : unmapped(address)
}

/**
 * What a limit takes for one client: an IPv4 address, the /64 network of an IPv6 one (RFC 4291 section 2.5.4: a
 * subscriber has at least that, and could come from each of its addresses once).
 */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address
  const groups = readGroups(address)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped) return dotted(groups)
  const network = groups.slice(0, 4).map((group) => group.toString(16))
  return `${network.join(':')}::/64`
}

/** Whether only this machine reaches what is bound there, or goes by that name. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** A client of IPv4 at a listener for both families comes as `::ffff:127.0.0.1`. */
function unmapped(address: string): string {
  if (!/^::ffff:/i.test(address)) return address
  const rest = address.slice(7)
  return isIP(rest) === 4 ? rest : /^[^:]+:[^:]+$/.test(rest) ? dotted(readGroups(address)) : address
}

function dotted(groups: readonly number[]): string {
  const [high = 0, low = 0] = groups.slice(6)
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

/** The eight groups of an address that `isIP` takes for IPv6. */
function readGroups(address: string): number[] {
  const [bare = ''] = address.split('%', 1)
  const [head = '', tail] = bare.split('::')
  const first = readSome(head)
  const last = tail === undefined ? [] : readSome(tail)
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last]
}

function readSome(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [a * 256 + b, c * 256 + d]
  })
}
