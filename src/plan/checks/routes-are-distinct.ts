import type { GatewaySettings } from '../../config/gateway.ts'
import { metadataPathOf } from '../../config/mcp.ts'
import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import type { Location } from '../../diagnostics/diagnostic.ts'
import { callbackPath, signOutPath } from '../../identity/sign-in.ts'
import { everyMatch, matchShape, parseMatch, type RouteMatch } from '../../routes/match.ts'
import { type ParsedRoute, toolOf } from '../../routes/route.ts'

/** What only one route may have: its name, and its method and path. */
export interface RouteClaim {
  readonly file: string
  readonly name: string
  readonly nameAt: Location
  readonly matches: readonly {
    /** `GET /mobile/{city}` */
    readonly text: string
    readonly at: Location
    /** Equal for matches that answer the same requests. */
    readonly shape: string
    /** Where it is there alone. */
    readonly places: Pick<RouteMatch, 'hosts' | 'listeners'>
  }[]
  readonly isDurable: boolean
  /** The route that it follows. */
  readonly after: { readonly route: string; readonly at: Location } | undefined
  /** Where it says that it is a tool, and whether it says what for. */
  readonly tool: { readonly at: Location; readonly isDescribed: boolean; readonly takesJson: boolean } | undefined
}

export function claimOf({ name, match, durable, definition, position: { source } }: ParsedRoute): RouteClaim {
  const { on } = match
  return {
    file: source.path,
    name,
    nameAt: source.locateKey([definition.name !== undefined ? 'name' : on ? 'on' : 'match']),
    isDurable: durable !== undefined,
    after: on?.kind === 'after' ? { route: on.route, at: source.locate(['on', 'after']) } : undefined,
    matches: everyMatch(match).map((one, index) => ({
      text: `${one.method} ${one.path}`,
      at: source.locate(Array.isArray(definition.match) ? ['match', index] : ['match']),
      shape: matchShape(one),
      places: one,
    })),
    tool: definition.tool
      ? {
          at: source.locateKey(['tool']),
          isDescribed: toolOf(definition) !== undefined,
          takesJson: definition.decode?.includes('json') ?? true,
        }
      : undefined,
  }
}

/** No two routes answer one method and path, nor one that a listener answers itself, and no two have one name. */
export function checkRoutesAreDistinct(
  claims: readonly RouteClaim[],
  { listen, mcp, auth }: Pick<GatewaySettings, 'listen' | 'mcp' | 'auth'>,
  diagnostics: DiagnosticCollector,
): void {
  const shapes = new Map<string, string>()
  const healths: { readonly name: string; readonly shape: string }[] = []
  for (const { name, health } of listen) {
    if (health === undefined) continue
    for (const method of ['GET', 'HEAD']) {
      const match = parseMatch(`${method} ${health}`, false)
      if (typeof match !== 'string') healths.push({ name, shape: matchShape(match) })
    }
  }
  /** What the gateway answers everywhere. */
  const owners = new Map<string, string>()
  const own = (text: string, owner: string) => {
    const match = parseMatch(text, false)
    if (typeof match !== 'string') owners.set(matchShape(match), owner)
  }
  if (mcp) {
    own(`POST ${mcp.path}`, '`mcp`')
    own(`GET ${metadataPathOf(mcp.path)}`, '`mcp`')
  }
  if (Object.values(auth).some(({ kind }) => kind.signsIn)) {
    for (const text of [`GET ${callbackPath}`, `GET ${signOutPath}`, `POST ${signOutPath}`])
      own(text, 'who signs people in')
  }
  const names = new Map<string, RouteClaim>()
  for (const claim of claims) {
    for (const { text, at, shape, places } of claim.matches) {
      const { hosts = [''], listeners } = places
      const health = healths.find((one) => one.shape === shape && (listeners?.includes(one.name) ?? true))
      // Of two that are there at different places the narrower one is found.
      const keys = hosts.flatMap((host) => (listeners ?? ['']).map((listener) => `${shape} ${host} ${listener}`))
      const taken = keys.find((key) => shapes.has(key))
      const listener = health && `\`health\` of the listener ${health.name}`
      const other = owners.get(shape) ?? listener ?? (taken !== undefined && shapes.get(taken))
      if (other) diagnostics.add('duplicate-route', `${text} is answered by ${other} already`, at)
      else for (const key of keys) shapes.set(key, claim.file)
    }
    const sameName = names.get(claim.name)
    if (sameName)
      diagnostics.add(
        'duplicate-name',
        `${sameName.file} is named \`${claim.name}\` too`,
        claim.nameAt,
        'give it a `name`',
      )
    else names.set(claim.name, claim)
  }
}
