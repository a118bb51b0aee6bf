import type { Clock } from '../../clock.ts'
import type { PlanText } from '../plan-text.ts'
import type { DurableStore } from '../store/store.ts'

/** Who keeps a plan says so again after this; one of which nobody has for `idleMs`, and that no run has, goes. */
const againMs = 10 * 60_000
const idleMs = 60 * 60_000

/** The plans of runs, each once, by their hashes. */
export class PlanTable {
  readonly #pool: DurableStore['pool']
  readonly #serializer: DurableStore['serializer']
  readonly #clock: Clock
  readonly #kept = new Map<string, number>()

  constructor({ pool, serializer }: Pick<DurableStore, 'pool' | 'serializer'>, clock: Clock) {
    this.#pool = pool
    this.#serializer = serializer
    this.#clock = clock
  }

  /** Keeps it until no run has it any more. */
  async keep({ hash, text }: PlanText): Promise<void> {
    const now = this.#clock.now()
    if (now - (this.#kept.get(hash) ?? Number.NEGATIVE_INFINITY) < againMs) return
    await this.#pool.query(
      `INSERT INTO tessera.plans VALUES ($1, $2, clock_timestamp())
       ON CONFLICT (hash) DO UPDATE SET used_at = EXCLUDED.used_at`,
      [hash, this.#serializer.stringify(text)],
    )
    this.#kept.set(hash, now)
  }

  /** Empty for one that is not there. */
  async load(hash: string): Promise<string> {
    const { rows } = await this.#pool.query<{ text: string }>('SELECT text FROM tessera.plans WHERE hash = $1', [hash])
    return rows[0] ? String(this.#serializer.parse(rows[0].text)) : ''
  }

  async sweep(): Promise<void> {
    await this.#pool.query(
      `DELETE FROM tessera.plans AS plan WHERE used_at < clock_timestamp() - $1 * interval '1 ms'
       AND NOT EXISTS (SELECT FROM tessera.runs WHERE runs.plan = plan.hash)`,
      [idleMs],
    )
  }
}
