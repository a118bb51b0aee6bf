import type { BoundStep } from '../../steps/step.ts'

/** How a message speaks of a step: by the name that the file gives it, else by its kind and line. */
export function describeStep({ name, kind, at }: BoundStep): string {
  return name.includes('@') ? `the ${kind} in line ${at.line}` : `\`${name}\``
}
