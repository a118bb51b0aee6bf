/** What an extension may define. */
export type DefinitionKind = 'step' | 'policy' | 'operator' | 'function' | 'balancer' | 'discovery'

/** Marks what an extension exports with what it is; the same symbol in every copy of this package. */
export const definitionOf: unique symbol = Symbol.for('tessera.definition')

/** Something that an extension defines, whose form nobody has checked yet. */
export interface Definition {
  readonly [definitionOf]: DefinitionKind
}

export function isDefinition(value: unknown): value is Definition {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Definition>)[definitionOf] === 'string'
}

/** An extension is at fault while the configuration is loaded: it becomes a diagnostic where it was used. */
export class ExtensionFault extends Error {}

/** What was thrown, in a line. */
export function printThrown(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown)
  return text.split('\n', 1)[0]!
}
