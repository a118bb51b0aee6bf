import { readFileSync } from 'node:fs'
import { EnvText, type LiveText, textNow } from '../../environment.ts'
import type { PoolTarget } from './pool.ts'
import { DurableStoreError } from './store.ts'

const modes = ['disable', 'require', 'verify-full']
const keys = ['sslmode', 'sslrootcert']

/** What is wrong with the URL of a server, for whoever wrote it; undefined for nothing. The text itself is not told. */
export function faultOfServerUrl(text: LiveText): string | undefined {
  const url = parse(text)
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '') return 'it is no URL of a PostgreSQL'
  if (url.username === '') return 'it names no user'
  if (url.pathname.length < 2) return 'it names no database'
  if (url.hash !== '') return 'it has a fragment'
  const unknown = [...url.searchParams.keys()].find((key) => !keys.includes(key))
  if (unknown !== undefined) return `it has a parameter \`${unknown}\`; known are ${keys.join(', ')}`
  const mode = url.searchParams.get('sslmode')
  if (mode !== null && !modes.includes(mode)) return `its sslmode is none of ${modes.join(', ')}`
  return undefined
}

/** Where a server is, and how it is told to people. A password in a file is read again for every connection. */
export function serverOf(text: LiveText): { readonly target: PoolTarget; readonly describe: string } {
  const fault = faultOfServerUrl(text)
  if (fault !== undefined)
    throw new DurableStoreError(`the URL of the database of durable runs cannot be used: ${fault}`)
  const url = parse(text)!
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const database = decodeURIComponent(url.pathname.slice(1))
  const target = {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: () => decodeURIComponent(parse(text)?.password ?? ''),
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

/** A variable stands for one part of the URL, whatever characters it has, unless it is the whole URL. */
function parse(text: LiveText): URL | undefined {
  const isPart = text instanceof EnvText && /^\w+:\/\//.test(text.written)
  const whole = isPart ? text.fill(encodeURIComponent) : textNow(text)
  return URL.canParse(whole) ? new URL(whole) : undefined
}
