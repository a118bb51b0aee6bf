import { compileAccess, isAccess } from '../access.ts'
import { refuse } from '../scope.ts'
import { bool } from '../types.ts'
import { compileValue } from '../value.ts'
import { comprehensions } from './comprehensions.ts'
import { bindName, type Macro, onName } from './macro.ts'
import { optionals } from './optionals.ts'
import { patterns } from './patterns.ts'

const has: Macro = {
  name: 'has',
  forms: ['has(x.member)'],
  summary: 'Whether a member is there.',
  example: ["has({'a': null}.a) && !has({'a': null}.b)", 'true'],
  matches: (receiver, count) => receiver === undefined && count === 1,
  compile: ({ given: [asked], scope }) => {
    if (!asked || !isAccess(asked) || asked.op === 'id')
      return refuse(asked!, 'has() asks for a member: `has(user.id)`')
    const { run } = compileAccess(asked, scope, 'asked')
    return { type: bool, run: (document) => run(document) !== undefined }
  },
}

const bind: Macro = {
  name: 'bind',
  space: 'cel',
  forms: ['cel.bind(name, value, expression)'],
  summary: 'An expression in which a name stands for a value that is computed once.',
  example: ["cel.bind(x, 'ab' + 'c', x + x)", "'abcabc'"],
  matches: onName('cel', 3),
  compile: ({ given: [name, value, body], scope }) => {
    const bound = compileValue(value!, scope)
    const { inner, each } = bindName(name!, bound.type, scope)
    const made = compileValue(body!, inner)
    return { type: made.type, run: (document) => each(bound.run(document), made.run, document) }
  },
}

/** What is called like a function and is none, by what it is for. */
export const macroGroups: readonly { readonly title: string; readonly macros: readonly Macro[] }[] = [
  { title: 'Presence and names', macros: [has, bind] },
  { title: 'Lists and objects', macros: comprehensions },
  { title: 'Optionals', macros: optionals },
  { title: 'Regular expressions', macros: patterns },
]

export const macros: readonly Macro[] = macroGroups.flatMap((group) => group.macros)

/** With what it is called on, where that is a name: `cel.bind`. */
export function nameOfMacro({ name, space }: Macro): string {
  return space ? `${space}.${name}` : name
}
