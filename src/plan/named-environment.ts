import { type Environment, type SecretFiles, secretFiles } from '../environment.ts'

/** The variables that were asked for, with the values they had; the files, with what they lacked. */
export type NamedEnvironment = ReadonlyMap<string, string | undefined>

/** An environment that remembers what is asked of it. */
export function recordEnvironment(env: Environment): { env: Environment; named: NamedEnvironment } {
  const named = new Map<string, string | undefined>()
  const files = env[secretFiles]
  const recorder = new Proxy<Environment>(Object.create(null), {
    get(_, name: string | typeof secretFiles) {
      if (name === secretFiles) return files && recordFiles(files, named)
      const value = env[name]
      named.set(name, value)
      return value
    },
  })
  return { env: recorder, named }
}

/** What a file holds may change without anything being made anew: that it may be read is all that a build knows. */
function recordFiles(files: SecretFiles, named: Map<string, string | undefined>): SecretFiles {
  return {
    lacks: files.lacks,
    states: files.states,
    find(path) {
      const found = files.find(path)
      named.set(fileMark + path, found.lack)
      return found
    },
  }
}

/** No variable's name begins so. */
const fileMark = 'file:'

export function hasSameValues(named: NamedEnvironment, env: Environment): boolean {
  const files = env[secretFiles]
  for (const [name, value] of named) {
    const now = name.startsWith(fileMark) ? files?.find(name.slice(fileMark.length)).lack : env[name]
    if (now !== value) return false
  }
  return true
}
