import { isCodable, weaken } from '../../browsers/coding/codable.ts'
import type { Coding } from '../../browsers/coding/compress-shape.ts'
import type { Compression } from '../../browsers/coding/compression.ts'
import { splitList } from '../../header-list.ts'
import type { Exchange } from '../requests/exchange.ts'

/** What is no longer so once a body was coded. */
const ofPlain: ReadonlySet<string> = new Set([
  'accept-ranges',
  'content-digest',
  'content-length',
  'content-md5',
  'digest',
  'repr-digest',
])

/**
 * In which coding a service's answer goes out, by the rule of all answers; undefined: as it came.
 * @param headers names and values in turn, which are changed in place
 * @param length of the body, where it is known
 * @param isAmbient whether a browser may have sent by itself what said who asks
 */
export function codeAnswer(
  { request }: Exchange,
  compression: Compression | undefined,
  status: number,
  headers: string[],
  length: number | undefined,
  isAmbient: boolean,
): Coding | undefined {
  if (!compression || status < 200 || status === 204 || status === 304) return undefined
  const said: Record<string, string> = {}
  for (let at = 0; at < headers.length; at += 2) said[headers[at]!.toLowerCase()] = headers[at + 1]!
  if (!isCodable(status, said, said['content-type'] ?? '')) return undefined
  addVary(headers, said['vary'])
  for (let at = 0; at < headers.length; at += 2)
    if (headers[at]!.toLowerCase() === 'etag') headers[at + 1] = weaken(headers[at + 1]!)
  const { coding, takesPlain } = compression.choose(request.headers as Record<string, string>, isAmbient)
  const bytes = length ?? (said['content-length'] === undefined ? undefined : Number(said['content-length']))
  if (coding === undefined || request.method === 'HEAD') return undefined
  if (takesPlain && bytes !== undefined && bytes < compression.min) return undefined
  let kept = 0
  for (let at = 0; at < headers.length; at += 2) {
    if (ofPlain.has(headers[at]!.toLowerCase())) continue
    headers[kept++] = headers[at]!
    headers[kept++] = headers[at + 1]!
  }
  headers.length = kept
  headers.push('content-encoding', coding)
  return coding
}

/** Beside what the service says of it, in a line of its own. */
function addVary(headers: string[], said: string | undefined): void {
  const named = splitList(said ?? '').map((name) => name.toLowerCase())
  if (!named.includes('*') && !named.includes('accept-encoding')) headers.push('vary', 'accept-encoding')
}
