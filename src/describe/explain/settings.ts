import { type RouteSettings, settingKeys } from '../../plan/route-settings.ts'
import { describeOrigin, type Origin } from './places.ts'

/** Who says one thing of a route. */
export interface ExplainedSetting extends Origin {
  /** A key of the route, or `headers.x-name`. */
  readonly key: string
  /** Why it does not hold: it was taken back, or cannot hold here. */
  readonly not: string | undefined
}

/** Who says what of a route, beside what is built in. */
export function explainSettings(settings: RouteSettings): ExplainedSetting[] {
  const said = settingKeys.flatMap((key): ExplainedSetting[] => {
    const found = settings[key]
    if (!found || found.origin.by === 'built-in') return []
    const not = found.value === undefined ? (found.misfit ?? 'taken back') : undefined
    return [{ key, not, ...describeOrigin(found.origin) }]
  })
  const headers = [...(settings.headers?.origins ?? [])].map(([name, origin]) => ({
    key: `headers.${name}`,
    not: undefined,
    ...describeOrigin(origin),
  }))
  return [...said, ...headers]
}
