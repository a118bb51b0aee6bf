const reference = /\$\{env\.([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g

export type Environment = Readonly<Record<string, string | undefined>>

/** Replaces `${env.NAME}` and `${env.NAME:-default}` in a string; a name that is missing without a default is reported. */
export function substituteEnvironment(
  text: string,
  env: Environment,
  missing: (name: string, offset: number) => void,
): string {
  if (!text.includes('${env.')) return text
  return text.replace(reference, (whole: string, name: string, fallback: string | undefined, offset: number) => {
    const value = env[name] || fallback
    if (value === undefined) missing(name, offset)
    return value ?? whole
  })
}
