import { expect, test } from '@jest/globals'

test('without WebAssembly nothing is indexed or written, and all else works', async () => {
  Reflect.deleteProperty(globalThis, 'WebAssembly')
  const { compileIndexer } = await import('../../src/json/indexer.ts')
  const { compileWriter } = await import('../../src/json/writer.ts')
  expect(compileIndexer([[]], 500)(Buffer.from('1'))).toBeUndefined()
  expect(compileWriter({ kind: 'literal', value: 1 })([])).toBeUndefined()
})
