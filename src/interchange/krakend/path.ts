import { parseMatch } from '../../routes/match.ts'

/** An endpoint's path as a route matches it. */
export interface MatchPath {
  readonly match: string
  /** KrakenD's parameter → ours: those that begin with a digit get another name. */
  readonly parameters: ReadonlyMap<string, string>
}

/** Gives why it cannot be, as text. */
export function convertPath(method: string, path: string): MatchPath | string {
  const parameters = new Map<string, string>()
  const ours = path.replaceAll(/\{([^{}/]+)\}/g, (_, name: string) => {
    const renamed = /^[A-Za-z_]/.test(name) ? name : `p_${name.replace(/^[^A-Za-z_0-9]+/, '')}`
    parameters.set(name, renamed)
    return `{${renamed}}`
  })
  const match = `${method} ${ours}`
  const parsed = parseMatch(match, false)
  return typeof parsed === 'string' ? parsed : { match, parameters }
}
