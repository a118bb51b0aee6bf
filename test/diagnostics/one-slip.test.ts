import { describe, expect, test } from '@jest/globals'
import { correctRoutes } from '../support/conformance/correct-routes.ts'
import { complaintsAbout, diagnosticsOf, pageWorld } from '../support/conformance/page.ts'
import { describeDiagnostic } from '../support/project.ts'

/** Every so many-th word, with its last two letters in each other's place. */
function* misspell(text: string, every: number): Generator<{ word: string; misspelt: string }> {
  let count = 0
  for (const { 0: word, index } of text.matchAll(/[A-Za-z][A-Za-z0-9-]{3,}/g)) {
    const slip = word.slice(0, -2) + word.at(-1) + word.at(-2)
    count += 1
    if (slip !== word && count % every === 0)
      yield { word, misspelt: text.slice(0, index) + slip + text.slice(index + word.length) }
  }
}

describe('one slip', () => {
  test.each(Object.entries(correctRoutes))('in a route is told once: %s', (_, route) => {
    for (const { word, misspelt } of misspell(route, 3)) {
      const complaints = complaintsAbout(misspelt)
      expect({ word, complaints: complaints.slice(1) }).toEqual({ word, complaints: [] })
    }
  })

  const { dictionary } = pageWorld
  const reco = pageWorld['services/reco']
  const elsewhere: [name: string, file: string, text: string, told: RegExp][] = [
    ['a dictionary that is not YAML', 'dictionary', `${dictionary}  x: [`, /^yaml-syntax dictionary/],
    ['a dictionary that is a list', 'dictionary', 'colors: [user.id]', /^invalid-value dictionary/],
    [
      'a color declared by text',
      'dictionary',
      dictionary.replace('{ type: string, description', 'string #'),
      /^invalid-value dictionary/,
    ],
    [
      'a color of an unknown type',
      'dictionary',
      dictionary.replace('geo.city: { type: string', 'geo.city: { type: strng'),
      /^invalid-type/,
    ],
    ['a service that is not YAML', 'services/reco', `${reco}  x: [`, /^yaml-syntax services/],
    ['a service without a name', 'services/reco', reco.replace('service: reco', ''), /^missing-key services/],
    ['a service at a bad address', 'services/reco', reco.replace('http:', 'ftp:'), /^invalid-value services/],
    [
      'an operation without a method',
      'services/reco',
      reco.replace('get: /popular', 'fetch: /popular'),
      /^unknown-key services/,
    ],
    [
      'an output at a bad place',
      'services/reco',
      reco.replace('$.items, product.ids', '$.items[, product.ids').replace('$.items[', "'$.items['"),
      /^invalid-jsonpath services/,
    ],
    [
      'an output without a place',
      'services/reco',
      reco.replace('product.list: $.items', 'product.list:'),
      /^invalid-value services/,
    ],
    ['a gateway that is not YAML', 'gateway', 'listen: [', /^yaml-syntax gateway/],
  ]

  test.each(elsewhere)('in another file is told there alone: %s', (_, file, text, told) => {
    const routes = Object.values(correctRoutes).map((route, index) => [`routes/r${index}`, route])
    const found = diagnosticsOf({ ...Object.fromEntries(routes), [file]: text }).filter(
      ({ severity }) => severity !== 'hint',
    )
    expect(found.slice(1).map(describeDiagnostic)).toEqual([])
    expect(describeDiagnostic(found[0]!)).toMatch(told)
  })
})
