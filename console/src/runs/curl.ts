import type { RecordedCall, RecordedStep } from '../../../src/history/recording.ts'

const token = /^pii:[0-9a-f]{16}$/

/** What stands in place of a value that is not kept. */
export interface Unshown {
  readonly unshown: string
  readonly bytes: number
}

export function isToken(value: unknown): boolean {
  return typeof value === 'string' && token.test(value)
}

export function isUnshown(value: unknown): value is Unshown {
  return typeof value === 'object' && value !== null && 'unshown' in value && 'bytes' in value
}

export interface Curl {
  readonly text: string
  /** Places whose values are not those that were sent. */
  readonly masked: readonly string[]
}

/** A call for a shell. What is masked stays so, and is named. */
export function printCurl({ service, template, request }: RecordedCall, { attempts }: RecordedStep): Curl {
  const { method, path, headers, body } = request
  const pattern = template.slice(template.indexOf(' ') + 1)
  const urls = attempts.flatMap(({ attributes }) => {
    const url = attributes['url.full']
    return typeof url === 'string' && attributes['url.template'] === pattern ? [url] : []
  })
  const origin = urls[0] !== undefined && URL.canParse(urls[0]) ? new URL(urls[0]).origin : `http://${service}`
  const parts = [`curl ${quote(origin + path)}`]
  if (method !== 'GET') parts.push(`-X ${method}`)
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quote(`${name}: ${plain(value)}`)}`)
  if (body !== undefined) parts.push(`--data-raw ${quote(plain(body))}`)
  return { text: parts.join(' \\\n  '), masked: [...new Set(maskedIn(request))] }
}

function* maskedIn({ path, headers, body, bytes }: RecordedCall['request']): Generator<string> {
  if (/pii:[0-9a-f]{16}|REDACTED|\{[^}]+\}|\*\*\*/.test(path)) yield 'path'
  for (const [name, value] of Object.entries(headers)) if ([...placesIn(value, '')].length > 0) yield `header ${name}`
  if (body !== undefined) yield* placesIn(body, 'body')
  else if (bytes > 0) yield 'body'
}

function* placesIn(value: unknown, at: string): Generator<string> {
  if (isUnshown(value) || (typeof value === 'string' && /pii:[0-9a-f]{16}/.test(value))) yield at
  else if (typeof value === 'object' && value !== null)
    for (const [name, member] of Object.entries(value)) yield* placesIn(member, at === '' ? name : `${at}.${name}`)
}

const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** One word of a shell, whatever is in it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
