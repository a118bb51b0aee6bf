import { writeFunction, writeResult } from '../../describe/write-function.ts'
import { type CelFunction, type CelFunctions, macroGroups, nameOfMacro } from '../../expressions/expression.ts'

/** What an expression may call. */
interface Callable {
  /** With its space: `math.abs`, `cel.bind`. */
  readonly name: string
  readonly form: CelFunction['form']
  /** What it gives, in a word. */
  readonly detail: string | undefined
}

const macros = macroGroups.flatMap((group) => group.macros)

/** Functions and macros, each name once of each form. */
export function callablesOf(functions: CelFunctions): Callable[] {
  const all: Callable[] = [
    ...functions.map((one) => ({ name: one.name, form: one.form, detail: writeResult(one) })),
    ...macros.map((macro): Callable => {
      const name = nameOfMacro(macro)
      const isFunction = macro.forms.some((form) => form.startsWith(`${name}(`))
      return { name, form: isFunction ? 'function' : 'method', detail: 'macro' }
    }),
  ]
  return [...new Map(all.map((one) => [`${one.form} ${one.name}`, one])).values()]
}

/** A function or macro of CEL: every way to call it, and what it is for. */
export function tellFunction(name: string, functions: CelFunctions): string | undefined {
  const found = functions.filter((one) => one.name === name)
  const meant = macros.filter((macro) => nameOfMacro(macro) === name)
  const calls = found.map((one) => [writeFunction(one), writeResult(one)].filter(Boolean).join(': '))
  const all = [...calls, ...meant.flatMap(({ forms }) => forms)]
  if (all.length === 0) return undefined
  const { summary, example } = [...found, ...meant].find((one) => one.summary !== undefined) ?? {}
  const shown = example && `\`${example[0]}\` → \`${example[1]}\``
  return [`\`\`\`\n${all.join('\n')}\n\`\`\``, summary, shown].filter((line) => line !== undefined).join('\n\n')
}
