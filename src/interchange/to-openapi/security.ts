import type { CredentialPlace } from '../../identity/credential.ts'
import type { Scheme } from '../../identity/scheme.ts'
import type { AggregatedRoute } from '../../plan/snapshot.ts'

/** The schemes of a gateway, as a component of OpenAPI; nothing where it has none. */
export function describeSchemes(schemes: ReadonlyMap<string, Scheme>): { securitySchemes?: object } {
  if (schemes.size === 0) return {}
  const described = [...schemes].map(([name, { kind, settings }]) => [
    name,
    kind.describe?.(settings) ?? byPlace(kind.places(settings, name)),
  ])
  return { securitySchemes: Object.fromEntries(described) }
}

/** Who may ask a route: alternatives, each a set of schemes; an empty one is nobody in particular. */
export function describeSecurity({ access, grants }: AggregatedRoute): { security?: readonly object[] } {
  if (!access) return {}
  const scopes = grants?.scopes ?? []
  const need = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, scopes]))
  const names = access.schemes.map(({ name }) => name)
  const alternatives = access.mode === 'all' ? [need(names)] : names.map((name) => need([name]))
  return { security: access.optional ? [...alternatives, {}] : alternatives }
}

function byPlace([place]: readonly CredentialPlace[]): object {
  return { type: 'apiKey', in: place!.in, name: place!.name }
}
