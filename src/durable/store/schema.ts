import type { Pool } from 'pg'

const tables = ['leases', 'journal_keys', 'plans', 'runs', 'messages', 'triggers']

/**
 * Our own tables, beside those of DBOS. Gateways that start together would meet in `IF NOT EXISTS`, which does not wait.
 */
const statements = `
SELECT pg_advisory_xact_lock(hashtext('tessera'));
CREATE SCHEMA IF NOT EXISTS tessera;
CREATE TABLE IF NOT EXISTS tessera.leases (executor text PRIMARY KEY, expires_at timestamptz NOT NULL);
CREATE TABLE IF NOT EXISTS tessera.journal_keys (id text PRIMARY KEY);
CREATE TABLE IF NOT EXISTS tessera.triggers (route text PRIMARY KEY, done_ms bigint NOT NULL, fired_ms bigint, waiting_ms bigint[] NOT NULL);
CREATE TABLE IF NOT EXISTS tessera.plans (hash text PRIMARY KEY, text text NOT NULL, used_at timestamptz NOT NULL);
CREATE TABLE IF NOT EXISTS tessera.runs (
  id text PRIMARY KEY,
  route text NOT NULL,
  plan text NOT NULL,
  caller text NOT NULL,
  request text,
  key text UNIQUE,
  key_name text,
  state text NOT NULL,
  since timestamptz NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  answer text,
  expires_at timestamptz,
  has_journal boolean NOT NULL DEFAULT true,
  keeps_journal boolean NOT NULL DEFAULT false,
  messages int NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS runs_started ON tessera.runs (started_at);
CREATE INDEX IF NOT EXISTS runs_open ON tessera.runs (state, started_at) WHERE ended_at IS NULL;
CREATE INDEX IF NOT EXISTS runs_expire ON tessera.runs (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS runs_journal ON tessera.runs (ended_at) WHERE has_journal AND NOT keeps_journal;
CREATE INDEX IF NOT EXISTS runs_key ON tessera.runs (key_name) WHERE key_name IS NOT NULL;
CREATE INDEX IF NOT EXISTS runs_plan ON tessera.runs (plan);
CREATE TABLE IF NOT EXISTS tessera.messages (
  run text NOT NULL REFERENCES tessera.runs ON DELETE CASCADE,
  seq int NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  body text NOT NULL,
  who text,
  at timestamptz NOT NULL,
  PRIMARY KEY (run, seq)
);
`

export async function createSchema(pool: Pool): Promise<void> {
  const { rows } = await pool.query(
    `SELECT count(*) AS tables FROM pg_tables WHERE schemaname = 'tessera' AND tablename = ANY($1)`,
    [tables],
  )
  // A role that may not create anything is enough where somebody else did.
  if (Number(rows[0].tables) < tables.length) await pool.query(`BEGIN; ${statements} COMMIT`)
}
