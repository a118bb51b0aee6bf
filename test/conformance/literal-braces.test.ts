import { describe, expect, test } from '@jest/globals'
import { complaintsAbout } from '../support/conformance/page.ts'
import { runRoute } from '../support/engine.ts'

const body = (text: string) => `response: { body: { text: ${JSON.stringify(text)} } }`
const warned = (text: string) => complaintsAbout(`match: GET /home\n${body(text)}`)

describe('double braces', () => {
  test.each(['Hello {{name}}', '{{ user.name }}', '{{{raw}}}', '${ 1 + 1 } and {{ x-y }}', '{{$.user.name}}'])(
    '%s are warned of',
    (text) => {
      expect(warned(text)).toEqual([expect.stringMatching(/^literal-braces /)])
    },
  )

  test.each(['a {b} c', '{{}}', '{{ a b }}', "${ {'a': {'b': 1}}.a.b }", '{ {a} }'])('%s are not', (text) => {
    expect(warned(text)).toEqual([])
  })

  test('are sent as they stand', async () => {
    expect((await runRoute(body('Hello {{name}}, ${ 1 + 1 }'))).body).toEqual({ text: 'Hello {{name}}, 2' })
  })
})
