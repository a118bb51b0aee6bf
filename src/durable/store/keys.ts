import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import type { Pool } from 'pg'
import { type LiveText, textNow } from '../../environment.ts'
import { JournalKey } from './encryption.ts'
import { DurableStoreError } from './store.ts'

/** Stands among the keys for texts that are not encrypted. */
const none = 'none'

/** @throws DurableStoreError for a text that is no key */
export function readKeys(texts: readonly LiveText[]): JournalKey[] {
  return texts.map((text) => keyOf(textNow(text), `\`durableKey\` (${text})`))
}

/**
 * The key beside the data of a directory, made when the data is. It is never made for data that is there already: that
 * would be another one.
 */
export function keepKey(path: string, hasData: boolean): JournalKey {
  if (!existsSync(path)) {
    if (hasData)
      throw new DurableStoreError(`the key of the durable runs is gone: ${path}`, {
        help: 'put it back, or give it as `stores.durableKey`',
      })
    writeFileSync(path, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true })
  }
  if ((statSync(path).mode & 0o077) !== 0)
    throw new DurableStoreError(`others may read the key of the durable runs: ${path}`, { help: `chmod 600 ${path}` })
  return keyOf(readFileSync(path, 'utf8').trim(), path)
}

function keyOf(text: string, place: string): JournalKey {
  try {
    return new JournalKey(text)
  } catch (thrown) {
    throw new DurableStoreError(`${place} is no key: ${(thrown as Error).message}`, {
      help: 'make one by `openssl rand -base64 32`',
    })
  }
}

/**
 * Holds the keys against those that the journal was written by, before anything is read: a run whose texts cannot be
 * read would end as failed. Gives whether it holds texts that are not encrypted.
 * @throws DurableStoreError when one that is needed is missing
 */
export async function checkKeys(pool: Pool, keys: readonly JournalKey[]): Promise<boolean> {
  const given = new Set(keys.map(({ id }) => id))
  const written = keys[0]?.id ?? none
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM tessera.journal_keys')
  const ids = rows.map(({ id }) => id)
  for (const id of ids) {
    if (given.has(id) || id === none || !(await isUsed(pool, id))) continue
    const held = keys.length > 0 ? `the given ones are ${[...given].join(', ')}` : 'none is given'
    throw new DurableStoreError(`the journal is encrypted by the key ${id}, and ${held}`, {
      help: 'add the key to `stores.durableKey`; the first of them writes, all read',
    })
  }
  if (!ids.includes(written))
    await pool.query('INSERT INTO tessera.journal_keys (id) VALUES ($1) ON CONFLICT DO NOTHING', [written])
  return ids.includes(none)
}

/** Looks through all texts of DBOS and of ours: for a key only that is not given any more. One of no text is forgotten. */
async function isUsed(pool: Pool, id: string): Promise<boolean> {
  const { rows } = await pool.query<{ place: string; name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS place, quote_ident(column_name) AS name
     FROM information_schema.columns WHERE table_schema IN ('dbos', 'tessera') AND data_type = 'text'`,
  )
  for (const { place, name } of rows) {
    const found = await pool.query(`SELECT 1 FROM ${place} WHERE starts_with(${name}, $1) LIMIT 1`, [`tessera1:${id}:`])
    if (found.rowCount) return true
  }
  await pool.query('DELETE FROM tessera.journal_keys WHERE id = $1', [id])
  return false
}
