import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

test('without WebAssembly nothing is indexed or written, and all else works', () => {
  // Node needs it to read TypeScript: it goes when all is read, and nothing run.
  const script = `
    import 'data:text/javascript,delete globalThis.WebAssembly'
    import { compileIndexer } from './indexer.ts'
    import { compileWriter } from './writer.ts'
    const found = [compileIndexer([[]], 500)(Buffer.from('1')), compileWriter({ kind: 'literal', value: 1 })([])]
    console.log(...found)`
  const told = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('../../src/json/', import.meta.url)),
    encoding: 'utf8',
  })
  expect(told).toBe('undefined undefined\n')
})
