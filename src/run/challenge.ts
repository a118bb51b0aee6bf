import type { RouteAccess } from '../plan/access.ts'

const realm = 'realm="tessera"'

/**
 * `WWW-Authenticate` of an answer, name and value (RFC 9110 section 11.6.1): what a client may come with, and, of a bearer
 * token, what is wrong with the one that came (RFC 6750 section 3).
 */
export function challengeOf(
  { schemes, metadataUrl }: Pick<RouteAccess, 'schemes' | 'metadataUrl'>,
  ofBearer?: string,
): string[] {
  const kinds = new Set(schemes.map(({ kind }) => kind.challenge))
  const challenges = [...kinds].map((kind) => {
    if (kind === 'Basic') return `${kind} ${realm}, charset="UTF-8"`
    if (kind !== 'Bearer') return `${kind} ${realm}`
    const where = metadataUrl === undefined ? [] : [`resource_metadata="${metadataUrl}"`]
    return `${kind} ${[realm, ofBearer ?? [], where].flat().join(', ')}`
  })
  return ['www-authenticate', challenges.join(', ')]
}
