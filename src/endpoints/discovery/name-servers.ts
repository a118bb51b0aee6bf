import { resolve4 } from 'node:dns/promises'
import type { ServiceRecord } from './dns-message.ts'
import { resolveServices } from './service-records.ts'

/** What DNS is asked, by the record types that a lookup of the system does not tell. */
export interface NameServers {
  /** `ttl` in seconds. */
  addresses(name: string): Promise<readonly { readonly address: string; readonly ttl: number }[]>
  services(name: string): Promise<readonly ServiceRecord[]>
}

/** Those of the machine (`resolv.conf`). */
export const systemNameServers: NameServers = {
  addresses: (name) => resolve4(name, { ttl: true }),
  services: (name) => resolveServices(name),
}
