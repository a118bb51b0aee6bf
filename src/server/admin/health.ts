import type { ReloadResult } from '../lifecycle/reload.ts'
import type { Serving } from '../lifecycle/serving.ts'

/** One thing that readiness looks at. */
export interface HealthCheck {
  readonly name: string
  readonly ok: boolean
  /** Whether the gateway is not ready while it fails; otherwise it is only told. */
  readonly required: boolean
  readonly detail: string
}

/**
 * Whether this process wants traffic. Nothing of it follows from what clients send: what they can bring about would take
 * one replica after the other out of service. A process that has too much to do sheds requests instead (`limits/`).
 */
export function checkHealth(
  { current, isDraining, triggers }: Pick<Serving, 'current' | 'isDraining' | 'triggers'>,
  last: ReloadResult | undefined,
  durable: string | undefined,
): HealthCheck[] {
  const reloaded = last?.ok ?? true
  return [
    { name: 'snapshot', ok: true, required: true, detail: `${current.snapshot.version} serves` },
    {
      name: 'last-reload',
      ok: reloaded,
      // The old snapshot serves as well as before.
      required: false,
      detail: reloaded ? 'what is on disk serves' : 'refused, see /-/diagnostics',
    },
    { name: 'accepting', ok: !isDraining, required: true, detail: isDraining ? 'draining' : 'yes' },
    ...triggers.states.map(({ stream, isUp, lags }) => ({
      name: `stream ${stream}`,
      ok: isUp,
      // Routes are answered all the same.
      required: false,
      detail: [isUp ? 'answers' : 'does not answer', ...lags.map((lag) => `${lag.group}: ${lag.messages} wait`)].join(
        ', ',
      ),
    })),
    ...(durable === undefined ? [] : [{ name: 'durable-runs', ok: true, required: false, detail: durable }]),
  ]
}
