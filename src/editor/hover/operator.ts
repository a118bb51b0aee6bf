import type { Operators } from '../../expressions/template.ts'

/** An operator of templates, by its own name or one of its other keys. */
export function tellOperator(name: string, operators: Operators): string | undefined {
  const found =
    operators.get(name) ??
    [...operators.values()].find(({ keys, optionalKeys = [] }) => [...keys, ...optionalKeys].includes(name))
  return found && `**${found.name}**\n\n${found.summary}\n\n\`\`\`yaml\n${found.example}\n\`\`\``
}
