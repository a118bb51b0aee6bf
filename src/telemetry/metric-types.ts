import type { Severity } from '../diagnostics/codes.ts'

export interface MetricDescription {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly labels: readonly string[]
}

export interface ReloadReport {
  /** Whether the files were taken; if not, the older snapshot serves on. */
  readonly ok: boolean
  /** Seconds since the epoch. */
  readonly atSeconds: number
  /** Content hash of the snapshot that serves now; undefined while none does. */
  readonly version: string | undefined
  readonly diagnostics: Readonly<Partial<Record<Severity, number>>>
}

/** A metric that somebody else defines; its first labels are `service` and `operation`. */
export interface MeterDefinition {
  readonly type: 'counter' | 'gauge'
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
}

export interface Configured {
  /** Names of the routes. */
  readonly routes: ReadonlySet<string>
  /** Their paths. */
  readonly templates: ReadonlySet<string>
  readonly services: ReadonlySet<string>
  /** Where endpoints are looked up. */
  readonly sources?: ReadonlySet<string>
}
