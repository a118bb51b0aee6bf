import { splitList } from '../../header-list.ts'

type Headers = Readonly<Record<string, string | string[] | undefined>>

const textual =
  /^(?:text\/|application\/(?:json|xml|javascript|ecmascript|x-javascript|x-ndjson|jsonl|graphql|manifest|rtf|wasm|yaml|x-yaml|x-www-form-urlencoded|vnd\.ms-fontobject)\b|image\/(?:svg\+xml|bmp)\b|font\/(?:ttf|otf)\b|[^;]+\+(?:json|xml|yaml|text)\b)/i

/** Whether an answer may go out in a coding of ours: text that is whole, and that nobody has coded or wants as it is. */
export function isCodable(status: number, headers: Headers, contentType: string): boolean {
  if (status === 206 || headers['content-encoding'] !== undefined || headers['content-range'] !== undefined)
    return false
  if (!textual.test(contentType)) return false
  const control = headers['cache-control']
  return control === undefined || !/\bno-transform\b/i.test(String(control))
}

/**
 * The headers of an answer that goes out in codings: caches tell them apart by `Accept-Encoding`, and a tag of one is that
 * of all, so that it is weak (RFC 9110 section 8.8.3.3); a client's 304 finds it all the same.
 */
export function describeCoded(headers: Readonly<Record<string, string | string[]>>): Record<string, string | string[]> {
  const { etag, vary } = headers
  const named = splitList(String(vary ?? ''))
  const isNamed = named.some((name) => name === '*' || name.toLowerCase() === 'accept-encoding')
  const described: Record<string, string | string[]> = { ...headers }
  if (!isNamed) described['vary'] = [...named, 'accept-encoding'].join(', ')
  if (typeof etag === 'string') described['etag'] = weaken(etag)
  return described
}

export function weaken(etag: string): string {
  return etag.startsWith('W/') ? etag : `W/${etag}`
}

/**
 * Whether a browser may have sent by itself what says who asks: then another site can have it sent, and learn from the
 * lengths of compressed answers what is in them (BREACH). @param readsCookies whether cookies tell the answer
 */
export function isSentByBrowser(
  { cookie, authorization }: Readonly<Record<string, string | string[] | undefined>>,
  readsCookies: boolean,
): boolean {
  return (
    (readsCookies && cookie !== undefined) || (authorization !== undefined && /^basic\b/i.test(String(authorization)))
  )
}
