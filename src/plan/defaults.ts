import type { BrowsersPolicy } from '../browsers/browsers.ts'
import type { GatewaySettings } from '../config/gateway.ts'
import type { PolicyOrigin } from '../operations/origin.ts'
import type { Source } from '../yaml/source.ts'
import { Presets } from './presets.ts'

/** What holds where a service or a route says nothing. */
export type Defaults = Omit<GatewaySettings['defaults'], 'call' | 'route'> & {
  /** What is said once of calls and routes. */
  readonly presets: Presets
  /** The gateway's own; undefined where it has none. */
  readonly zone: string | undefined
  /** The header that tells backends the remaining time; `false`: none. */
  readonly budgetHeader: GatewaySettings['budgetHeader']
  /** What browsers are told. */
  readonly browsers: BrowsersPolicy
  /** Of clients, for every route. */
  readonly limit: GatewaySettings['limit']
  /** Whether the gateway's file sets them, and where. */
  readonly origins: Readonly<Record<'timeout' | 'maxRequestBody' | 'maxCalls' | 'maxWork', PolicyOrigin>>
}

export function locateDefaults(settings: GatewaySettings, source: Source | undefined, isWhole: boolean): Defaults {
  const originOf = (key: keyof GatewaySettings['defaults']): PolicyOrigin => {
    const path = ['defaults', key]
    return source?.valueAt(path) === undefined
      ? { by: 'built-in', at: undefined }
      : { by: 'gateway', at: source.locateKey(path) }
  }
  const { zone, limit, budgetHeader } = settings
  const { call: _call, route: _route, ...own } = settings.defaults
  return {
    ...own,
    presets: new Presets(settings, source, isWhole),
    zone: zone || undefined,
    browsers: settings,
    limit,
    budgetHeader,
    origins: {
      timeout: originOf('timeout'),
      maxRequestBody: originOf('maxRequestBody'),
      maxCalls: originOf('maxCalls'),
      maxWork: originOf('maxWork'),
    },
  }
}
