import { resolve4, resolveSrv } from 'node:dns/promises'

/** What DNS is asked, by the record types that a lookup of the system does not tell. */
export interface NameServers {
  /** `ttl` in seconds. */
  addresses(name: string): Promise<readonly { readonly address: string; readonly ttl: number }[]>
  services(
    name: string,
  ): Promise<
    readonly { readonly name: string; readonly port: number; readonly priority: number; readonly weight: number }[]
  >
}

/** Those of the machine (`resolv.conf`). */
export const systemNameServers: NameServers = {
  addresses: (name) => resolve4(name, { ttl: true }),
  services: (name) => resolveSrv(name),
}
