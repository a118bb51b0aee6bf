import { createHash } from 'node:crypto'

/** A short name for content: twelve hex digits of its SHA-256. */
export function hashContent(...parts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(String(part.length)).update(':').update(part)
  return hash.digest('hex').slice(0, 12)
}
