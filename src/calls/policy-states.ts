import type { Clock } from '../clock.ts'
import { Shared } from '../shared.ts'
import type { Notify } from '../telemetry/notice.ts'
import type { Changes } from './http-caching/changes.ts'
import { serviceOf } from './http-caching/request-key.ts'
import type { BackendMetrics } from './metrics.ts'
import type { CallSite, SitePolicy, StateParts } from './policy.ts'

/** A policy and what its state belongs to. */
interface StateKey {
  readonly policy: SitePolicy
  readonly key: readonly unknown[]
  /** The first that has it. */
  readonly site: CallSite
}

interface OpenState {
  readonly kind: SitePolicy['kind']
  readonly state: unknown
  /** What it listens to ends with it. */
  readonly leaves: (() => void)[]
}

interface PolicyStatesParts {
  readonly clock: Clock
  readonly metrics: BackendMetrics
  readonly notify: Notify
  readonly changes: Changes
}

/** What policies share, by what they say it belongs to. */
export function openPolicyStates({ clock, metrics, notify, changes }: PolicyStatesParts): Shared<StateKey, OpenState> {
  return new Shared(
    ({ policy, key }) => JSON.stringify([policy.kind.name, ...key]),
    ({ policy: { kind, config }, site }) => {
      const gauge = metrics.gauge?.(kind, site.service.name, site.operation) ?? (() => {})
      const leaves: (() => void)[] = []
      const subject = `${site.service.name}.${site.operation}`
      const tell: StateParts['tell'] = (level, message) => notify({ level, subject, message })
      const onChange = (listener: (uri: string) => void) => {
        leaves.push(changes.subscribe(serviceOf(site), listener))
      }
      return { kind, state: kind.shared!.open(config, { clock, gauge, tell, onChange }), leaves }
    },
    ({ kind, state, leaves }) => {
      for (const leave of leaves) leave()
      kind.shared!.close?.(state)
    },
  )
}
