import type { Language } from '../binding/color.ts'
import { type Position, within } from '../binding/shape.ts'
import type { PolicyOrigin } from '../operations/origin.ts'
import { holdsForProxy, holdsForTrigger, type RouteKey, type RouteSet, routeSetKeys } from '../operations/route-set.ts'
import type { ParsedRoute } from '../routes/route.ts'
import type { Defaults } from './defaults.ts'
import { type BoundHeaders, bindRouteHeaders } from './route-headers.ts'

/** What is said of one thing: by whom, and where. */
export interface Said<Value> {
  /** Undefined where it does not hold: it was taken back, or cannot hold here. */
  readonly value: Value | undefined
  readonly origin: PolicyOrigin
  readonly position: Position
  /** Why it cannot hold here. */
  readonly misfit?: string
}

type SettingKey = Exclude<RouteKey, 'headers'>
type ValueOf<Key extends RouteKey> = Exclude<RouteSet[Key], false | undefined>
type SaidOf<Key extends RouteKey> = Said<ValueOf<Key>>
/** What holds where nobody says anything. */
type Given = keyof Defaults['origins']

/** What holds for a route, and who says so: the nearest of the route, what it uses, and the gateway, key by key. */
export type RouteSettings = { readonly [Key in SettingKey]?: SaidOf<Key> } & {
  readonly [Key in Given]: SaidOf<Key> & { readonly value: number }
} & { readonly headers: BoundHeaders | undefined }

export const settingKeys = routeSetKeys.filter((key): key is SettingKey => key !== 'headers')

/** Finds what holds for a route. */
export function settleRoute(
  { definition, position }: ParsedRoute,
  { presets, origins, ...defaults }: Defaults,
  language: Language,
): RouteSettings {
  const sets = [
    { by: 'route' as const, values: definition, position },
    ...presets.find('route', definition.use, position, language),
    ...presets.defaults('route'),
  ]
  const settings: Record<string, unknown> = {}
  for (const key of Object.keys(origins) as Given[])
    settings[key] = { value: defaults[key], origin: origins[key], position }
  for (const key of settingKeys) {
    const owner = sets.find(({ values }) => values[key] !== undefined)
    if (!owner) continue
    const here = within(owner.position, key)
    const said = { value: owner.values[key] || undefined, origin: originOf(owner.by, here), position: here }
    const misfit = whyMisfit(key, definition)
    settings[key] = misfit === undefined ? said : passOver(said, misfit)
  }
  const saysCors = language.saysCors || settings['cors'] !== undefined
  settings['headers'] = bindRouteHeaders(sets, { ...language, saysCors })
  return settings as unknown as RouteSettings
}

/** Why a key cannot hold for a route; written there it is a fault. */
function whyMisfit(key: SettingKey, { proxy, on, response }: ParsedRoute['definition']): string | undefined {
  if (on && !holdsForTrigger(key)) return 'nobody asks a route that a trigger begins, and nobody is answered'
  if (proxy !== undefined && !holdsForProxy(key)) return 'a passthrough answers what the service answers'
  return response?.stream && (key === 'cache' || key === 'etag')
    ? 'nobody may keep a page that goes out in parts'
    : undefined
}

/** What is said of a key, which cannot hold here. */
export function passOver<Value>(said: Said<Value>, misfit: string): Said<Value> {
  return said.value === undefined ? said : { ...said, value: undefined, misfit }
}

function originOf(by: PolicyOrigin['by'], { source, path }: Position): PolicyOrigin {
  return { by, at: source.locateKey(path) }
}

/** Whether it stands in another file than the route's. */
export function isInherited({ origin }: Said<unknown>): boolean {
  return origin.by !== 'route'
}
