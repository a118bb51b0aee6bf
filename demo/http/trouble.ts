/** What can be wrong with a demo backend. */
export const troubleModes = {
  none: 'healthy',
  delay: 'answers after `ms` (default 1000)',
  status: 'answers `status` (default 500)',
  reset: 'resets the connection (ECONNRESET)',
  refuse: 'stops listening (ECONNREFUSED) for `for` seconds, or until the control server heals it',
  garbage: 'answers 200 with an HTML page',
  half: 'cuts the connection in the middle of the body',
  empty: 'answers 200 with {}',
  huge: 'answers 200 with 20 MB of valid JSON',
  hang: 'takes the request and never answers',
} as const

export type TroubleMode = keyof typeof troubleModes

/** An order to misbehave, as `POST /_trouble` takes it. */
export interface Trouble {
  readonly mode: TroubleMode
  /** For `delay`. */
  readonly ms?: number
  /** For `status`. */
  readonly status?: number
  /** Share of the requests that it hits, 0 to 1; all by default. `refuse` knows no share. */
  readonly rate?: number
  /** Seconds until the service heals by itself. */
  readonly for?: number
}

const bounds = { ms: [0, 600_000], status: [200, 599], rate: [0, 1], for: [0.01, 86_400] } as const

/** Reads an order. Gives a sentence that says what is wrong with a bad one. */
export function parseTrouble(value: unknown): Trouble | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'give a JSON object: {"mode":"delay","ms":500}'
  const order = value as Record<string, unknown>
  for (const [key, given] of Object.entries(order)) {
    if (key === 'mode') continue
    if (!Object.hasOwn(bounds, key)) return `unknown key ${key}: give mode, ms, status, rate or for`
    const [from, to] = bounds[key as keyof typeof bounds]
    if (typeof given !== 'number' || !(given >= from && given <= to)) return `${key} is a number from ${from} to ${to}`
  }
  if (typeof order.mode !== 'string' || !Object.hasOwn(troubleModes, order.mode))
    return `mode is one of ${Object.keys(troubleModes).join(', ')}`
  return order as unknown as Trouble
}
