import type { Pool } from 'pg'

/**
 * Our own tables, beside those of DBOS. Gateways that start together would meet in `IF NOT EXISTS`, which does not wait.
 */
const statements = `
SELECT pg_advisory_xact_lock(hashtext('tessera'));
CREATE SCHEMA IF NOT EXISTS tessera;
CREATE TABLE IF NOT EXISTS tessera.leases (executor text PRIMARY KEY, expires_at timestamptz NOT NULL);
CREATE TABLE IF NOT EXISTS tessera.journal_keys (id text PRIMARY KEY);
`

export async function createSchema(pool: Pool): Promise<void> {
  const { rows } = await pool.query(
    `SELECT count(*) AS tables FROM pg_tables WHERE schemaname = 'tessera' AND tablename IN ('leases', 'journal_keys')`,
  )
  // A role that may not create anything is enough where somebody else did.
  if (Number(rows[0].tables) < 2) await pool.query(`BEGIN; ${statements} COMMIT`)
}
