import type { Pool } from 'pg'
import type { Marks } from '../../triggers/marks.ts'

/** How far what begins runs by itself has come, as all gateways of a store know it. */
export function triggerMarksIn(pool: Pool): Marks {
  return {
    async read(route) {
      const text = 'SELECT done_ms, fired_ms, waiting_ms FROM tessera.triggers WHERE route = $1'
      const { rows } = await pool.query(text, [route])
      const [row] = rows
      if (!row) return undefined
      const firedMs = row.fired_ms === null ? undefined : Number(row.fired_ms)
      return { doneMs: Number(row.done_ms), firedMs, waitingMs: row.waiting_ms.map(Number) }
    },
    async write(route, { doneMs, firedMs, waitingMs }) {
      // One that is slower than another sets nothing back.
      await pool.query(
        `INSERT INTO tessera.triggers AS known VALUES ($1, $2, $3, $4)
         ON CONFLICT (route) DO UPDATE SET done_ms = EXCLUDED.done_ms, fired_ms = greatest(known.fired_ms, EXCLUDED.fired_ms),
           waiting_ms = EXCLUDED.waiting_ms WHERE known.done_ms <= EXCLUDED.done_ms`,
        [route, doneMs, firedMs, waitingMs],
      )
    },
  }
}
