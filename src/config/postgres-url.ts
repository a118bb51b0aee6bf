import { EnvText, type LiveText, textNow } from '../environment.ts'

const modes = ['disable', 'require', 'verify-full']
const keys = ['sslmode', 'sslrootcert']

/** What is wrong with the URL of a server, for whoever wrote it; undefined for nothing. The text itself is not told. */
export function faultOfServerUrl(text: LiveText): string | undefined {
  const url = parseServerUrl(text)
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

/** A variable stands for one part of the URL, whatever characters it has, unless it is the whole URL. */
export function parseServerUrl(text: LiveText): URL | undefined {
  const isPart = text instanceof EnvText && /^\w+:\/\//.test(text.written)
  const whole = isPart ? text.fill(encodeURIComponent) : textNow(text)
  return URL.canParse(whole) ? new URL(whole) : undefined
}
