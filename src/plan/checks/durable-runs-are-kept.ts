import type { Language } from '../../binding/color.ts'
import type { GatewaySettings } from '../../config/gateway.ts'
import { isSensitive } from '../../redaction.ts'
import { type BoundRoute, producedColors } from '../bound-route.ts'

/** The runs of a durable route are kept somewhere; what of them is nobody's to read, encrypted. */
export function checkIsKept(
  route: BoundRoute,
  { stores: { durable, durableKey } }: GatewaySettings,
  { colors, diagnostics }: Language,
): void {
  if (!route.durable) return
  const { durableAt: at } = route
  if (!durable) {
    const help = 'give the gateway’s file a place for them: `stores: { durable: ./data }`'
    diagnostics.add('invalid-durable', 'nothing says where durable runs are kept', at, help)
  }
  if (durable?.kind !== 'postgres' || durableKey.length > 0) return
  const sensitive = [...producedColors(route)].find((name) => {
    const color = colors.get(name)
    return color && isSensitive(color)
  })
  if (sensitive === undefined) return
  const message = `\`${sensitive}\` would stand in the database for all to read who can`
  diagnostics.add('invalid-durable', message, at, 'give `stores` a `durableKey: ${file:…}`')
}
