import { knownErrors } from '../../../src/errors.ts'
import { code, page, sentence, table } from '../markdown.ts'

const open = [
  ['`http-<status>`', '502', 'A backend answered with this status. `http-4xx` and `http-5xx` match the class.'],
  ['a code of `errors:`', '502', 'A status that a service has given a name; `http-<status>` still matches it.'],
  [
    '`rate-limited`',
    '429',
    'A client has sent more than a `limit` allows; answered before the route runs, so no `catch` sees it.',
  ],
  ['a code of `throw:`', 'its own, else 500', 'A step has thrown it.'],
]

/** Every error that a request can end with, from the table in `src/errors.ts`. */
export function renderErrors(): string {
  const known = Object.entries(knownErrors).map(([name, { status, title }]) => [
    `[${code(name)}](diagnostics/${name}.md)`,
    String(status),
    sentence(title),
  ])
  return page(
    'Errors of a request',
    'What `catch` and `retry.on` name, and how the gateway answers when nothing handles it. `all` matches every code.',
    table(['code', 'status', 'meaning'], [...known, ...open]),
    '## The answer',
    '`application/problem+json` (RFC 9457) with `type`, `title`, `status`, `code`, `step`, `route` and `traceId`; `invalid-input` also has `errors`, a list of every fault with its place (`in`) and `detail`. 429 and 503 have `Retry-After`. A backend’s URL, headers or body never stand in it.',
    '## Degraded answers',
    'Where a fallback stood in or an optional part was left out there is no error; the header `Tessera-Degraded` (RFC 9651) names each step with its `source` and the `error` that led there.',
  )
}
