import { isIP } from 'node:net'
import * as z from 'zod'
import { definitionOf, printThrown } from '../../../definition.ts'
import type { DiscoveryKind, Search } from '../../../endpoints/discovery/discovery.ts'
import { readEntry } from '../../../endpoints/discovery/endpoint-entry.ts'
import { discoveries } from '../../../endpoints/discovery/index.ts'
import type { EndpointTarget } from '../../../endpoints/endpoint-target.ts'
import { type Defined, defineExtensionKind } from './kind.ts'
import { functionValue, kebabName, summary, zodType } from './parts.ts'

export interface DiscoveryDefinition<Settings = unknown> {
  readonly name: string
  readonly summary: string
  /** Of what stands behind its name: `discover: { name: … }`. What it gives are the settings. */
  readonly shape: z.ZodType<Settings>
  /** Where it looks, in a few words and without credentials. */
  describe(settings: Settings): string
  /**
   * Tells of endpoints by `search.found` as long as it can, and pauses by `search.pause`. It is begun anew after a second
   * when it returns, and after a growing pause when it throws; the endpoints known then stay in use.
   */
  follow(settings: Settings, search: Search): Promise<void>
}

/** Defines a way to find endpoints: `discover: { name: … }`. */
export function defineDiscovery<Settings>(
  definition: DiscoveryDefinition<Settings>,
): Defined<DiscoveryDefinition<Settings>> {
  return { ...definition, [definitionOf]: 'discovery' }
}

const restartMs = 1000

export const discoveryExtension = defineExtensionKind<DiscoveryDefinition>({
  kind: 'discovery',
  word: 'discovery',
  form: z.looseObject({
    name: kebabName,
    summary,
    shape: zodType,
    describe: functionValue,
    follow: functionValue,
  }) as unknown as z.ZodType<DiscoveryDefinition>,
  nameOf: ({ name }) => name,
  taken: new Set(discoveries.keys()),
  add(definition, { label }, draft) {
    const { name, summary, shape } = definition
    const kind: DiscoveryKind = {
      name,
      summary,
      describe(settings) {
        try {
          return String(definition.describe(settings))
        } catch {
          return ''
        }
      },
      async follow(settings, search) {
        try {
          await definition.follow(settings, { ...search, found: checked(search) })
        } catch (thrown) {
          throw new Error(`${label} failed: ${printThrown(thrown)}`, { cause: thrown })
        }
        await search.pause(restartMs)
      },
    }
    draft.discoveries.set(name, { kind, shape })
  },
})

/** Takes endpoints that can be used, all of them or none. */
function checked(search: Search): Search['found'] {
  return (endpoints, revision, passedOver) => {
    const targets = endpoints.map((endpoint): EndpointTarget => {
      const target = readEntry(endpoint)
      if (typeof target === 'string')
        throw new Error(`it found what is no endpoint: ${JSON.stringify(endpoint)}, ${target}`)
      const { address } = endpoint
      return address !== undefined && isIP(address) > 0 ? { ...target, address } : target
    })
    search.found(targets, revision, passedOver)
  }
}
