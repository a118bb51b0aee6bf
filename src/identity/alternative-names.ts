/** The names of services that certificates carry, as Node prints them: `DNS:orders.shop.svc, URI:spiffe://prod/orders`. */
const entry = /(?<kind>[^:,]+):(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^,]*))(?:, |$)/y

/** `spiffe://prod/orders`, `dns:orders.shop.svc`; of what cannot be read none. */
export function readAlternativeNames(text: string | undefined): readonly string[] {
  const names: string[] = []
  let at = 0
  while (text !== undefined && at < text.length) {
    entry.lastIndex = at
    const found = entry.exec(text)
    if (!found) return []
    at = entry.lastIndex
    const { kind, quoted, plain = '' } = found.groups as { kind: string; quoted?: string; plain?: string }
    // What has to be quoted names no service, and is like some other name on purpose.
    if (quoted !== undefined) continue
    if (kind === 'DNS') names.push(nameOfHost(plain))
    else if (kind === 'URI') names.push(plain)
  }
  return names
}

export const nameOfHost = (host: string) => `dns:${host.toLowerCase()}`
