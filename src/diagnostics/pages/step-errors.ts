import { type Page, tested } from './page.ts'

const unfinished = `tests:
  - name: content never has as many
    request: { path: /home }
    mocks: { content.banners: { body: { items: [{ id: b1 }] } } }
`

/** Errors that steps raise by themselves. */
export const stepErrorPages = {
  'none-succeeded': {
    why: 'No arm of a `first` succeeded, and none failed either: each was skipped by its `when`, left out as `optional`, or gave nothing.',
    fix: 'Give the `first` an arm that always has a value, or catch the error.',
    wrong: tested(
      `match: GET /home
in: { user.id?: query.user }
do:
  - first:
      - when: has(user.id)
        invoke: users.segment
response:
  body: { segment: $.user.segment }
`,
      `tests:
  - name: nobody is known
    request: { path: /home }
    expect: { status: 502, error: none-succeeded }
`,
    ),
    right: tested(
      `match: GET /home
in: { user.id?: query.user }
do:
  - first:
      - when: has(user.id)
        invoke: users.segment
      - sequence:
          - wait: 100ms
          - assign: { user.segment: anonymous }
response:
  body: { segment: $.user.segment }
`,
      `tests:
  - name: nobody is known
    request: { path: /home }
    expect: { status: 200, body: { segment: anonymous } }
`,
    ),
  },
  'not-done': {
    why: 'A `repeat` took as many turns as its `max` allows, and what its `until` waits for did not come about.',
    fix: 'Give it more turns or a longer `every`, or let it go on with what there is: `max: { turns: 20, then: stop }`. The answer then says that it is not whole.',
    wrong: tested(
      `match: GET /home
do:
  - id: banners-there
    repeat: { until: size(banner.list) > 3, max: 2 }
    do: [{ invoke: content.banners }]
response:
  body: { banners: $.banner.list }
`,
      `${unfinished}    expect: { status: 504, error: not-done }
`,
    ),
    right: tested(
      `match: GET /home
do:
  - id: banners-there
    repeat: { until: size(banner.list) > 3, max: { turns: 2, then: stop } }
    do: [{ invoke: content.banners }]
response:
  body: { banners: $.banner.list }
`,
      `${unfinished}    expect: { status: 200, body: { banners: [{ id: b1 }] } }
`,
    ),
  },
} satisfies Record<string, Page>
