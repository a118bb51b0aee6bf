import { isIP } from 'node:net'
import * as z from 'zod'

/** An address, a CIDR range, or a word for some: who stands before the gateway. */
export const proxyRange = z
  .string()
  .refine(isProxyRange, 'not an address, a CIDR range, `loopback`, `linklocal` or `uniquelocal`')

/** Whose word a listener takes for who has connected. */
export interface ProxyProtocolSettings {
  /** Addresses and ranges of the proxies. */
  readonly from: readonly string[]
}

/** `proxyProtocol:` of a listener. */
export const proxyProtocolShape = z
  .strictObject({
    from: z
      .array(proxyRange)
      .min(1)
      .describe(
        'Addresses or CIDR ranges of the proxies, or `loopback`, `linklocal`, `uniquelocal`. Connections of others are ended.',
      ),
  })
  .meta({
    description:
      'Every connection begins with a header of the PROXY protocol, version 2, in which a proxy says who has connected to it: that is the client. One without is ended.',
  })

function isProxyRange(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [address = '', prefix, ...more] = text.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128))
}
