import { writeFunction } from '../../../src/describe/write-function.ts'
import type { CelFunction } from '../../../src/expressions/expression.ts'
import { celLibraries, macroGroups } from '../../../src/expressions/expression.ts'
import { deviations } from '../cel-deviations.ts'
import { code, page, table } from '../markdown.ts'

const operators: readonly (readonly [string, string, string])[] = [
  ['`!` `-`', 'Not; with the other sign.', '!(1 == 2)'],
  ['`*` `/` `%`', 'Numbers; `/` between literals or `int(…)` gives a whole number.', '7 / 2 == 3 && 7.0 / 2.0 == 3.5'],
  ['`+` `-`', 'Numbers, times and durations; `+` also joins texts and lists.', "'a' + 'b' == 'ab'"],
  [
    '`==` `!=` `<` `<=` `>` `>=` `in`',
    'Numbers by their value, texts by code points; `in` a list or the keys of an object.',
    "2 in [1, 2.0] && 'a' in {'a': 1}",
  ],
  ['`&&` `||`', 'A side that fails does not matter where the other decides.', 'true || 1 / 0 > 1'],
  ['`? :`', 'One or the other.', "true ? 'a' == 'a' : false"],
  ["`x.a` ``x.`a-b` `` `x['a-b']` `x[0]`", 'Members and elements.', "{'a-b': [1]}.`a-b`[0] == 1"],
  ['`x.?a` `x[?0]`', 'The same as an optional.', "{'a': 1}.?b.orValue(2) == 2"],
  [
    "`[1, ?x.?a]` `{'a': 1, ?'b': x.?b}`",
    'Lists and objects; what `?` stands before is left out where it is absent.',
    "[1, ?{'a': 1}.?b] == [1]",
  ],
  ["`'text'` `r'\\d'` `'''…'''` `1` `1.5` `0x1f` `true` `null`", 'Literals.', "r'\\d' == '\\\\d' && 0x1f == 31"],
]

/** Everything of CEL, and where it differs from the specification. */
export function renderCel(): string {
  return page(
    'CEL',
    'Conditions, and `${ … }` in templates, are written in the Common Expression Language ([google/cel-spec](https://github.com/google/cel-spec)). They are checked when a file is loaded and run as closures; each function, list and text counts for `maxWork`. [Templates](templates.md#what-is-absent-in-cel) says what becomes of what is absent. Positions in a text count code points, from 0. Every example on this page runs as a test.',
    '## Operators and literals',
    table(
      ['written', 'meaning', 'example'],
      operators.map(([written, meaning, example]) => [written, meaning, code(example)]),
    ),
    ...celLibraries.flatMap(({ title, functions }) => [`## ${title}`, renderFunctions(functions)]),
    '## Macros',
    'A macro looks at its arguments before they are evaluated, or evaluates them more than once. In front of a condition or value stands the name that it uses for the element; with two names the first is the index or the key.',
    ...macroGroups.flatMap(({ title, macros }) => [
      `### ${title}`,
      table(
        ['macro', 'meaning', 'example'],
        macros.map(({ forms, summary, example }) => [forms.map(code).join('<br>'), summary, codeOf(example)]),
      ),
    ]),
    '## Where it differs from the specification',
    'Of the tests of google/cel-spec that need no protobuf messages, bytes or type values all pass but those of this table. JSON has no bytes and no types, so there are no functions for them, and none of the extensions for network addresses and protobuf.',
    table(
      ['reason', 'example', 'tests'],
      deviations.map(({ reason, example: [expression, value], tests }) => [
        reason,
        value === undefined ? `${code(expression)} fails` : codeOf([expression, value]),
        String(tests.length),
      ]),
    ),
  )
}

export const operatorExamples = operators.map(([, , example]) => example)

function renderFunctions(functions: readonly CelFunction[]): string {
  const names = [...new Set(functions.map(({ form, name }) => `${form} ${name}`))]
  const rows = names.map((key) => {
    const all = functions.filter(({ form, name }) => `${form} ${name}` === key)
    const { summary = '', example } = all.find((one) => one.summary !== undefined) ?? {}
    return [all.map((one) => code(writeFunction(one))).join('<br>'), summary, example ? codeOf(example) : '']
  })
  return table(['function', 'meaning', 'example'], rows)
}

function codeOf([expression, value]: readonly [string, string]): string {
  return `${code(expression)} → ${code(value)}`
}
