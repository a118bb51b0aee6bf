import { operators } from '../../values/operators/index.ts'
import { code, page, table, yamlBlock } from '../markdown.ts'

const forms = [
  [
    '`$`, `$.a.b`, `$[…]`',
    'A JSONPath (RFC 9535) on the context. A path to one place gives the value there; if there is none, its member is left out of a mapping and is null in a list. Any other path gives a list.',
  ],
  ['`${ … }`', 'A CEL expression. Alone in its text it keeps its type; inside other text it is written there.'],
  ['`$$`', 'A `$` as it is.'],
  ['a mapping with an operator', 'One of those below.'],
  ['anything else', 'Itself.'],
]

const context = [
  ['a color', 'What the request or a step gave it: `$.user.id`, and `user.id` in CEL.'],
  [
    '`request`',
    '`method`, `path`, `params`, `query`, `headers` (names in lower case), `cookies`, `body`, `claims`, `ip`, `id`.',
  ],
  [
    '`steps.<id>`',
    '`status`, `headers`, `body`, `source`, `error`, `ms` and `attempts` of an invoke; `source` is `live`, `cache`, `stale`, `coalesced`, `fallback` or `skipped`.',
  ],
  ['`item`, `index`', 'The element and its position from 0, inside `forEach` and `$each`.'],
  ['`error`', '`code`, `status`, `step`, `title`, `detail` and `body` of what failed, inside `catch`.'],
]

/** What a template may hold, and every operator from its one definition. */
export function renderTemplates(): string {
  return page(
    'Templates',
    'A template is any YAML value. It is compiled when the file is loaded, and filled from the context of a request.',
    table(['text', 'meaning'], forms),
    '## The context',
    table(['name', 'holds'], context),
    '## Operators',
    'A mapping with one of these keys, and no others than the operator has. What an operator works on may be absent or null; then it gives nothing. Anything else of a wrong shape is an `invalid-response`.',
    ...operators.flatMap(({ name, keys, summary, example }) => [
      `### ${name}`,
      summary,
      keys.length === 0 ? undefined : `Besides ${code(name)} it has ${keys.map(code).join(', ')}.`,
      yamlBlock(example),
    ]),
  )
}
