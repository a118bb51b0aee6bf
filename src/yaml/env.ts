const reference = /(?<!\$)((?:\$\$)*)\$\{env\.([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Replaces `${env.NAME}` and `${env.NAME:-default}` in a string; as in a shell, the default also stands in for an empty
 * value. A name that is missing without a default is reported. `$${env.NAME}` is literal: `$$` is how templates write `$`.
 */
export function substituteEnvironment(
  text: string,
  env: Environment,
  missing: (name: string, offset: number) => void,
): string {
  if (!text.includes('${env.')) return text
  return text.replace(
    reference,
    (whole: string, dollars: string, name: string, fallback: string | undefined, offset: number) => {
      const value = env[name] === '' ? (fallback ?? '') : (env[name] ?? fallback)
      if (value === undefined) missing(name, offset + dollars.length)
      return value === undefined ? whole : dollars + value
    },
  )
}
