import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { events } from '../../src/formats/events.ts'

const limits = { maxDepth: 20, maxValues: 1000 }

/** The HTML standard, 9.2.6, word by word. */
function interpret(stream: string): { event: string; data: string; id?: string }[] {
  const dispatched: { event: string; data: string; id?: string }[] = []
  let data = ''
  let type = ''
  let lastId: string | undefined
  const process = (field: string, value: string) => {
    if (field === 'event') type = value
    else if (field === 'data') data += `${value}\n`
    else if (field === 'id' && !value.includes('\0')) lastId = value
  }
  let rest = stream.replace(/^\ufeff/, '')
  for (;;) {
    const end = /\r\n|\n|\r/.exec(rest)
    if (!end) return dispatched
    const line = rest.slice(0, end.index)
    rest = rest.slice(end.index + end[0].length)
    if (line === '') {
      if (data !== '') {
        const event = type === '' ? 'message' : type
        dispatched.push({ event, data: data.slice(0, -1), ...(lastId !== undefined && { id: lastId }) })
      }
      data = ''
      type = ''
    } else if (line.startsWith(':')) {
      // A comment.
    } else if (line.includes(':')) {
      const [, field = '', value = ''] = /^([^:]*): ?(.*)$/s.exec(line)!
      process(field, value)
    } else process(line, '')
  }
}

const piece = fc.constantFrom(
  ...[
    'data',
    'data:',
    'data: ',
    'event:',
    'event: ',
    'id:',
    'id',
    'retry: 5',
    ':',
    ': ',
    ' ',
    'x',
    'é',
    '\0',
    '{"a":1}',
  ],
  ...['\n', '\r', '\r\n', '\n\n', '\r\r', '\ufeff'],
)

test('events are read as the standard says, whatever the stream holds', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join('')
      expect(events.decode({ bytes: Buffer.from(text), contentType: 'text/event-stream' }, limits)).toEqual(
        interpret(text),
      )
    }),
    { numRuns: 2000 },
  )
})
