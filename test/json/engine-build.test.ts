import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('the committed engine is what its source gives', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-engine-'))
  try {
    const outFile = join(folder, 'engine.wasm')
    const asc = join(root, 'node_modules/assemblyscript/bin/asc.js')
    const config = join(root, 'assembly/json/asconfig.json')
    execFileSync(process.execPath, [asc, '--config', config, '--outFile', outFile], { cwd: root, stdio: 'pipe' })
    const committed = readFileSync(join(root, 'src/json/engine.wasm'))
    // Otherwise: npm run build:wasm
    expect(committed.equals(readFileSync(outFile))).toBe(true)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
