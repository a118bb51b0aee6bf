import type { Environment } from '../environment.ts'

/** The variables that were asked for, with the values they had. */
export type NamedEnvironment = ReadonlyMap<string, string | undefined>

/** An environment that remembers what is asked of it. */
export function recordEnvironment(env: Environment): { env: Environment; named: NamedEnvironment } {
  const named = new Map<string, string | undefined>()
  const recorder = new Proxy<Environment>(Object.create(null), {
    get(_, name: string) {
      const value = env[name]
      named.set(name, value)
      return value
    },
  })
  return { env: recorder, named }
}

export function hasSameValues(named: NamedEnvironment, env: Environment): boolean {
  for (const [name, value] of named) if (env[name] !== value) return false
  return true
}
