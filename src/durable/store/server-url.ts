import { readFileSync } from 'node:fs'
import { faultOfServerUrl, parseServerUrl } from '../../config/postgres-url.ts'
import type { LiveText } from '../../environment.ts'
import type { PoolTarget } from './pool.ts'
import { DurableStoreError } from './store.ts'

/** Where a server is, and how it is told to people. A password in a file is read again for every connection. */
export function serverOf(text: LiveText): { readonly target: PoolTarget; readonly describe: string } {
  const fault = faultOfServerUrl(text)
  if (fault !== undefined)
    throw new DurableStoreError(`the URL of the database of durable runs cannot be used: ${fault}`)
  const url = parseServerUrl(text)!
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const database = decodeURIComponent(url.pathname.slice(1))
  const target = {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: () => decodeURIComponent(parseServerUrl(text)?.password ?? ''),
    database,
    ssl: tlsOf(url),
  }
  return { target, describe: `postgres://${url.host}/${database}` }
}

/** Either TLS is off, or the server proves who it is. */
function tlsOf(url: URL): PoolTarget['ssl'] {
  const mode = url.searchParams.get('sslmode') ?? 'disable'
  if (mode === 'disable') return false
  const authorities = url.searchParams.get('sslrootcert')
  return { rejectUnauthorized: true, ...(authorities === null ? {} : { ca: readFileSync(authorities, 'utf8') }) }
}
