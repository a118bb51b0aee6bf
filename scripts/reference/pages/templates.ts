import { builtInOperators } from '../../../src/expressions/operators/index.ts'
import { code, page, table, yamlBlock } from '../markdown.ts'

const forms = [
  [
    '`$`, `$.a.b`, `$[…]`',
    'A JSONPath (RFC 9535) on the context. A path to one place gives the value there; if there is none, its member is left out of a mapping and is null in a list. Any other path gives a list.',
  ],
  [
    '`${ … }`',
    'A CEL expression. Alone in its text it keeps its type, and a path that is absent gives nothing, as a JSONPath does; inside other text it is written there.',
  ],
  ['`$$`', 'A `$` as it is.'],
  ['a mapping with an operator', 'One of those below.'],
  ['anything else', 'Itself.'],
]

const absences = [
  [
    '`x == y`, `x != y`, `x in list`',
    'Absent equals nothing, no other absent value either: false, true, false. Beside the literal `null` it is null.',
  ],
  ['`has(x.y)`', 'False.'],
  ["`x.?y.orValue('z')`, `x[?'a-b'].hasValue()`", 'An optional, to be opened; alone, or in text, it gives nothing.'],
  [
    '`&&`, `||`, `? :`, `exists`, `all`',
    'A side, arm or element that fails does not matter where the rest decides alone, whichever stands first.',
  ],
  [
    'anything else',
    'It fails: `expression-failed`, 500, in a `catch` like any code. `$default` passes over what fails for something absent, and for nothing else.',
  ],
]

const context = [
  ['a color', 'What the request or a step gave it: `$.user.id`, and `user.id` in CEL.'],
  [
    '`request`',
    '`method`, `path`, `params`, `query`, `headers` (names in lower case), `cookies`, `body`, `ip`, `id`; `raw`, the body as it came, alone as the `body` of a call or an answer.',
  ],
  [
    '`steps.<id>`',
    '`status`, `headers`, `body`, `source`, `ms` and `attempts` of an invoke, and `raw`, its body as it came; after a failure no body, but `error`, the code, and `failure` with `code`, `status`, `headers` and `body`. `source` is `live`, `cache`, `stale`, `coalesced`, `fallback` or `skipped`.',
  ],
  ['`item`, `index`', 'The element and its position from 0, inside `forEach` and `$each`.'],
  ['`error`', '`code`, `status`, `step`, `title`, `detail`, `headers` and `body` of what failed, inside `catch`.'],
]

/** What a template may hold, and every operator from its one definition. */
export function renderTemplates(): string {
  return page(
    'Templates',
    'A template is any YAML value. It is compiled when the file is loaded, and filled from the context of a request.',
    table(['text', 'meaning'], forms),
    '## What is absent in CEL',
    'A guard that cannot be told must let nobody pass, so an expression that works with something absent, or with data that does not fit, fails the request. Null is a value: few operators take it. In `response` the failing step is called `response`, and the route’s `catch` sees it. A rule of `split.match`, which lets in, does not hold where anything that it compares is absent; the log says so, once for each rule.',
    table(['expression', 'where it is absent'], absences),
    '## The context',
    table(['name', 'holds'], context),
    '## Operators',
    'A mapping with one of these keys, and no others than the operator has. What an operator works on may be absent or null; then it gives nothing. Anything else of a wrong shape is an `invalid-response`.',
    ...[...builtInOperators.values()].flatMap(({ name, keys, optionalKeys = [], summary, example }) => [
      `### ${name}`,
      summary,
      keys.length === 0 ? undefined : `Besides ${code(name)} it has ${keys.map(code).join(', ')}.`,
      optionalKeys.length === 0 ? undefined : `It may have ${optionalKeys.map(code).join(', ')}.`,
      yamlBlock(example),
    ]),
  )
}
