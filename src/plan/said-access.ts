import type { Language } from '../binding/color.ts'
import { type Position, within } from '../binding/shape.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import type { AuthRule } from '../identity/access.ts'
import type { ParsedRoute } from '../routes/route.ts'
import type { Presets } from './presets.ts'

/** What a route, or a preset that it uses, says of who may ask. */
export interface SaidAccess {
  readonly by: 'route' | 'preset' | 'gateway'
  readonly values: {
    readonly auth?: AuthRule | 'none' | undefined
    readonly scopes?: readonly string[] | undefined
    readonly roles?: readonly string[] | undefined
    readonly allow?: string | undefined
  }
  readonly position: Position
}

type Reporting = Pick<Language, 'diagnostics' | 'usedNames'>

/** Everybody who says something of it, the route first. */
export function saidOfAccess(
  { definition, position }: ParsedRoute,
  presets: Presets,
  language: Reporting,
): readonly SaidAccess[] {
  return [{ by: 'route', values: definition, position }, ...presets.find('route', definition.use, position, language)]
}

/**
 * The rule that holds: the route's own word, else that of a preset. Which of two it would be is not guessed: the one may be
 * stricter.
 */
export function ruleSaid(
  said: readonly SaidAccess[],
  { diagnostics }: Reporting,
): { readonly rule: AuthRule | 'none'; readonly at: Location; readonly by: SaidAccess['by'] } | undefined {
  const [first, ...others] = said.filter(({ values }) => values.auth !== undefined)
  if (!first) return undefined
  const [rule, at] = [first.values.auth!, placeOf(first, 'auth')]
  const other = others.find(({ values }) => JSON.stringify(values.auth) !== JSON.stringify(rule))
  if (first.by !== 'route' && other) {
    const { source } = said[0]!.position
    const message = `two presets say who may ask: ${namesIn(rule)}, and ${namesIn(other.values.auth!)}`
    const help = 'say in the route which it is: `auth`; the other stands in'
    diagnostics.add('invalid-value', message, source.locate(['use']), help, placeOf(other, 'auth'))
  }
  return { rule, at, by: first.by }
}

const namesIn = (rule: AuthRule | 'none') =>
  rule === 'none' ? rule : rule.schemes.join(rule.mode === 'all' ? ' and ' : ' or ')

export function placeOf({ position }: SaidAccess, key: string): Location {
  const { source, path } = within(position, key)
  return source.locate(path)
}
