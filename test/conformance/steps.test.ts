import { describe, expect, test } from '@jest/globals'
import { runSteps } from '../support/conformance/steps.ts'

const gone = Symbol('nothing')
const cases: [name: string, steps: string, body: string, value: unknown][] = [
  ['assign sees what stands above it', "[ { assign: { a.text: x, b.text: '${ a.text }y' } } ]", '$.b.text', 'xy'],
  ['assign of a color without dots', '[ { assign: { plain: x } } ]', '$.plain', 'x'],
  [
    'assign leaves a color as it is where its value is absent',
    '[ { assign: { a.text: x } }, { assign: { a.text: $.request.query.no } } ]',
    '$.a.text',
    'x',
  ],
  ['assign writes null', '[ { assign: { a.any: x } }, { assign: { a.any: null } } ]', '$.a.any', null],
  [
    'when false skips a step, and what it writes stays absent',
    '[ { when: \'request.query.no == "x"\', assign: { a.text: x } } ]',
    '$.a.text',
    gone,
  ],
  ['when true runs it', "[ { when: '!has(request.query.no)', assign: { a.text: x } } ]", '$.a.text', 'x'],
  [
    'what is missing is not equal to anything',
    "[ { when: request.query.no == 'x', assign: { a.text: x } } ]",
    '$.a.text',
    gone,
  ],
  ['when in ${ } is the same', "[ { when: '${ 1 < 2 }', assign: { a.text: x } } ]", '$.a.text', 'x'],
  [
    'a branch takes the first arm that holds',
    '[ { branch: [ { when: false, do: [ { assign: { a.text: x } } ] }, { when: true, do: [ { assign: { a.text: y } } ] }, { when: true, do: [ { assign: { a.text: z } } ] }, { default: [ { assign: { a.text: d } } ] } ] } ]',
    '$.a.text',
    'y',
  ],
  [
    'a branch takes its default',
    '[ { branch: [ { when: false, do: [ { assign: { a.text: x } } ] }, { default: [ { assign: { a.text: d } } ] } ] } ]',
    '$.a.text',
    'd',
  ],
  [
    'a branch may have a default only',
    '[ { branch: [ { default: [ { assign: { a.text: d } } ] } ] } ]',
    '$.a.text',
    'd',
  ],
  ['colors wire one call to the next', '[ { invoke: s.a }, { invoke: s.b }, { invoke: s.c } ]', '$.c.text', 'C'],
  ['a flow needs no order', '[ { flow: [ { invoke: s.c }, { invoke: s.b }, { invoke: s.a } ] } ]', '$.c.text', 'C'],
  [
    'a flow waits for a condition’s color',
    "[ { flow: [ { when: b.text == 'B', assign: { plain: yes it is } }, { invoke: s.b }, { invoke: s.a } ] } ]",
    '$.plain',
    'yes it is',
  ],
  [
    'a flow waits for a step that is a sequence',
    '[ { flow: [ { invoke: s.c }, { sequence: [ { invoke: s.a }, { invoke: s.b } ] } ] } ]',
    '$.c.text',
    'C',
  ],
  [
    'a flow waits for a record',
    '[ { flow: [ { assign: { plain: $.steps.a.body.text } }, { invoke: s.a } ] } ]',
    '$.plain',
    'A',
  ],
  [
    'a flow goes on without a step that was passed by',
    '[ { flow: [ { when: false, invoke: s.a }, { invoke: s.ids } ] } ]',
    '$.a.ids',
    ['x', 'y', 'z'],
  ],
  [
    'a flow in a parallel in a sequence',
    '[ { sequence: [ { parallel: [ { flow: [ { invoke: s.b }, { invoke: s.a } ] }, { invoke: s.ids } ] }, { invoke: s.c } ] } ]',
    '$.c.text',
    'C',
  ],
  [
    'forEach by element',
    '[ { invoke: s.ids }, { forEach: { in: $.a.ids, as: one.id }, do: [ { invoke: s.one } ], collect: { a.list: $.b.text } } ]',
    '$.a.list',
    ['got x', 'got y', 'got z'],
  ],
  [
    'forEach by slices, their lists put together in order',
    '[ { invoke: s.ids }, { forEach: { in: $.a.ids, as: b.ids, batch: 2 }, do: [ { invoke: s.batch } ], collect: { a.list: $.b.list } } ]',
    '$.a.list',
    ['x', 'y', 'z'],
  ],
  [
    'forEach may give its own list another content',
    '[ { invoke: s.ids }, { forEach: { in: $.a.ids, as: a.ids, batch: 2 }, do: [ { invoke: s.batch, with: { b.ids: $.a.ids } } ], collect: { a.list: $.b.list } } ]',
    '[ $.a.list, $.a.ids ]',
    [
      ['x', 'y', 'z'],
      ['x', 'y', 'z'],
    ],
  ],
  [
    'forEach over nothing',
    '[ { forEach: { in: [] }, do: [ { invoke: s.a } ], collect: { a.list: $.a.text } } ]',
    '$.a.list',
    [],
  ],
  [
    'forEach over what is absent',
    '[ { forEach: { in: $.request.query.no }, do: [ { invoke: s.a } ], collect: { a.list: $.a.text } } ]',
    '$.a.list',
    [],
  ],
  [
    'forEach gathers null where an element gave nothing',
    '[ { forEach: { in: [1, 2] }, do: [ { when: index > 0.0, invoke: s.a } ], collect: { a.list: $.a.text } } ]',
    '$.a.list',
    [null, 'A'],
  ],
  [
    'forEach gathers several colors',
    '[ { forEach: { in: [p, q] }, do: [ { assign: { a.text: $.item } } ], collect: { a.list: $.a.text, b.list: { at: $.index, of: $.item } } } ]',
    '[ $.a.list, $.b.list ]',
    [
      ['p', 'q'],
      [
        { at: 0, of: 'p' },
        { at: 1, of: 'q' },
      ],
    ],
  ],
  [
    'what forEach writes inside stays inside',
    '[ { assign: { a.text: before } }, { forEach: { in: [p] }, do: [ { assign: { a.text: inside } } ], collect: { a.list: $.a.text } } ]',
    '[ $.a.text, $.a.list ]',
    ['before', ['inside']],
  ],
  [
    'forEach in a forEach',
    '[ { forEach: { in: [ [1, 2], [3] ] }, do: [ { forEach: { in: $.item }, do: [ empty ], collect: { b.list: "${ item * 10.0 }" } } ], collect: { a.list: $.b.list } } ]',
    '$.a.list',
    [[10, 20], [30]],
  ],
  [
    'a parallel in a forEach',
    '[ { forEach: { in: [1, 2] }, do: [ { parallel: [ { invoke: s.a }, { assign: { plain: p } } ] } ], collect: { a.list: [ $.a.text, $.plain ] } } ]',
    '$.a.list',
    [
      ['A', 'p'],
      ['A', 'p'],
    ],
  ],
  [
    'a catch in a forEach',
    '[ { forEach: { in: [1, 2] }, do: [ { try: [ { invoke: s.fail } ], catch: [ { errors: [timeout], do: [ { assign: { c.text: $.error.code } } ] } ] } ], collect: { a.list: $.c.text } } ]',
    '$.a.list',
    ['timeout', 'timeout'],
  ],
  [
    'a catch keeps what its try had written',
    '[ { try: [ { invoke: s.a }, { assign: { plain: p } }, { invoke: s.fail } ], catch: [ { errors: [all], do: [ { assign: { b.text: caught } } ] } ] } ]',
    '[ $.a.text, $.plain, $.b.text ]',
    ['A', 'p', 'caught'],
  ],
  [
    'a catch writes colors of one segment and of more',
    '[ { try: [ { invoke: s.fail } ], catch: [ { errors: [all], do: [ { assign: { plain: p, c.text: q } } ] } ] } ]',
    '[ $.plain, $.c.text ]',
    ['p', 'q'],
  ],
  [
    'a catch in a catch sees its own error',
    '[ { try: [ { throw: { error: first } } ], catch: [ { errors: [all], do: [ { try: [ { throw: { error: second } } ], catch: [ { errors: [all], do: [ { assign: { a.text: $.error.code } } ] } ] }, { assign: { b.text: $.error.code } } ] } ] } ]',
    '[ $.a.text, $.b.text ]',
    ['second', 'first'],
  ],
  ['an optional step leaves its outputs absent', '[ { invoke: s.fail, optional: true } ]', '$.c.text', gone],
  ['empty does nothing', '[ empty, { empty: }, { sequence: [] }, { parallel: [] }, { flow: [] } ]', 'done', 'done'],
  [
    'an inline invoke',
    "[ { id: mine, invoke: { service: s, get: /a, out: { a.any: '$' } } } ]",
    '[ $.a.any.text, $.steps.mine.body.text ]',
    ['A', 'A'],
  ],
]

describe('a step', () => {
  test.each(cases)('%s', async (_, steps, body, value) => {
    const result = await runSteps(steps, body)
    if (result.outcome.kind === 'failure') throw result.outcome.error
    expect(result.body).toEqual(value === gone ? {} : { value })
  })
})
