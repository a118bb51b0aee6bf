import type { Location } from '../diagnostics/diagnostic.ts'
import type { Route } from '../plan/snapshot.ts'

/** Who may ask a route, in words; none where everybody may. */
export function describeAccess({ access, grants }: Pick<Route, 'access' | 'grants'>): string[] {
  const words: string[] = []
  if (access) {
    const names = access.schemes.map(({ name, kind, settings }) => `${name} (${kind.name}: ${kind.caption(settings)})`)
    const asked = access.mode === 'all' && names.length > 1 ? `all of ${names.join(', ')}` : names.join(' or ')
    const by = access.saidAt ? ` (as a preset says: ${placeOf(access.saidAt)})` : ''
    words.push(`who asks: ${asked}${access.optional ? ', or nobody' : ''}${by}`)
  }
  if (!grants) return words
  const { scopes, roles, allow } = grants
  if (scopes.length > 0) words.push(`with the scopes ${scopes.join(', ')}`)
  for (const some of roles) words.push(`as ${some.join(' or ')}`)
  if (allow !== undefined) words.push(`where ${allow}`)
  if (grants.addedAt) words.push(`of that by presets: ${grants.addedAt.map(placeOf).join(', ')}`)
  return words
}

const placeOf = ({ file, line }: Location) => `${file}:${line}`
