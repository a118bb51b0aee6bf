/** One thing that was looked at. */
export interface Finding {
  /** `added latency at 500 requests/s, p99` */
  readonly what: string
  /** `≤ 5 ms`; empty where nothing is promised. */
  readonly promised: string
  readonly seen: string
  /** Undefined where nothing is promised, or where it cannot be told. */
  readonly met: boolean | undefined
}

export interface LifeOptions {
  /** Length of one measurement of latency or memory. */
  readonly seconds: number
  /** Starts of each kind. */
  readonly starts: number
  readonly minutes: number
  /** Requests a second of the soak; half of what the server can do unless it is said. */
  readonly soakRate: number | undefined
  readonly reloads: number
  /** Requests a second while reloading. */
  readonly rate: number
  /** Told what happens, line by line. */
  readonly tell: (line: string) => void
}

/** A stretch of a gateway's life, with what is promised of it. */
export interface LifeScenario {
  readonly name: string
  readonly summary: string
  /** Whether a promise of it that was not kept, or could not be told, always makes the whole end with 1. */
  readonly mustHold?: boolean
  /** Ends all that it started. @throws Error when nothing could be found out */
  run(options: LifeOptions): Promise<Finding[]>
}

/** A number with a bound that it must not pass. */
export function findAtMost(what: string, value: number, most: number, unit: string, digits = 2): Finding {
  return {
    what,
    promised: `≤ ${most} ${unit}`,
    seen: `${value.toFixed(digits)} ${unit}`,
    met: Number.isNaN(value) ? undefined : value <= most,
  }
}

/** A number that nothing is promised of. */
export function findOut(what: string, seen: string): Finding {
  return { what, promised: '', seen, met: undefined }
}

/** Of everything that went wrong how much, and the first of it. */
export function findNone(what: string, troubles: readonly string[], of: number): Finding {
  const first = troubles.length > 0 ? `, first: ${troubles[0]}` : ''
  return { what, promised: '0', seen: `${troubles.length} of ${of}${first}`, met: troubles.length === 0 }
}
