import type { Severity } from '../diagnostics/codes.ts'
import type { Scalar, ScalarFamily } from './families.ts'
import type { ReloadReport } from './metric-types.ts'

const severities: readonly Severity[] = ['error', 'warning', 'hint']

/** What the last reload came to, and what serves since. */
export class ReloadMetrics {
  readonly #isOk: Scalar
  readonly #at: Scalar
  readonly #snapshot: ScalarFamily
  readonly #diagnostics: ScalarFamily

  constructor(families: Readonly<Record<'isOk' | 'at' | 'snapshot' | 'diagnostics', ScalarFamily>>) {
    this.#isOk = families.isOk.bind()
    this.#at = families.at.bind()
    this.#snapshot = families.snapshot
    this.#diagnostics = families.diagnostics
  }

  tell({ ok, atSeconds, version, diagnostics }: ReloadReport): void {
    this.#isOk.value = ok ? 1 : 0
    if (ok) this.#at.value = atSeconds
    this.#snapshot.retain('version', new Set(version === undefined ? [] : [version]))
    if (version !== undefined) this.#snapshot.bind(version).value = 1
    for (const severity of severities) this.#diagnostics.bind(severity).value = diagnostics[severity] ?? 0
  }
}
