import type { Route } from '../plan/snapshot.ts'

/** Who may ask a route, in words; none where everybody may. */
export function describeAccess({ access, grants }: Pick<Route, 'access' | 'grants'>): string[] {
  const words: string[] = []
  if (access) {
    const names = access.schemes.map(({ name, kind, settings }) => `${name} (${kind.name}: ${kind.caption(settings)})`)
    const asked = access.mode === 'all' && names.length > 1 ? `all of ${names.join(', ')}` : names.join(' or ')
    words.push(`who asks: ${asked}${access.optional ? ', or nobody' : ''}`)
  }
  if (!grants) return words
  const { scopes, roles, allow } = grants
  if (scopes.length > 0) words.push(`with the scopes ${scopes.join(', ')}`)
  if (roles.length > 0) words.push(`as ${roles.join(' or ')}`)
  if (allow !== undefined) words.push(`where ${allow}`)
  return words
}
