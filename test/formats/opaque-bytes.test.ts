import { expect, test } from '@jest/globals'
import { celFunctions } from '../../src/expressions/expression/functions/index.ts'
import { dyn } from '../../src/expressions/expression/types.ts'
import { compileTemplate, parseTemplate } from '../../src/expressions/template.ts'
import { OpaqueBytes } from '../../src/formats/opaque-bytes.ts'

const file = new OpaqueBytes(Buffer.from('x'), 'image/png', 'secret-name.png')
const fill = (template: unknown) => {
  const { template: parsed, faults } = parseTemplate(template, {
    roots: new Map([['file', dyn]]),
    functions: celFunctions,
  })
  expect(faults).toEqual([])
  return compileTemplate(parsed)({ file, other: { a: 1 } } as never)
}

test.each([
  ['$merge', { $merge: ['$.file', '$.other'] }],
  ['$compact', { $compact: '$.file' }],
  ['$pick', { $pick: ['type'], from: '$.file' }],
  ['$entries', { $entries: '$.file' }],
  ['format', "${ 'a %s'.format([file]) }"],
  ['size', '${ size(file) }'],
  ['string', '${ string(file) }'],
  ['all', "${ file.all(name, name != '') }"],
  ['in', "${ 'type' in file }"],
])('%s makes no object and no text of a file', (_name, template) => {
  expect(() => fill(template)).toThrow()
})

test('a file stays what it is among other members', () => {
  const merged = fill({ $merge: [{ f: '$.file' }, { f: '$.file' }], deep: true }) as { f: unknown }
  expect(merged.f).toBe(file)
})

test.each(['$.file.*', '$.file[?@]', '$.file..*', '$.file..[?@]'])('%s finds nothing in a file', (path) => {
  expect(fill({ $default: [path, []] })).toEqual([])
})

test('a file tells its name, its type and its size by name', () => {
  expect(fill(['$.file.filename', '$.file.type', '${ file.size }'])).toEqual(['secret-name.png', 'image/png', 1])
})
