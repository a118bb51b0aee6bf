import { spawn } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../version.ts'

const sources = join(packageRoot, 'console')
const builder = join(packageRoot, 'node_modules/vite/bin/vite.js')
const built = join(packageRoot, 'dist/console/index.html')

/**
 * Builds the console of a checkout, where that was not done since its last edit; a package has it built.
 * @returns ends the building, should it not have ended
 */
export function buildConsole(tell: (line: string) => void): () => void {
  if (!existsSync(sources) || !existsSync(builder) || isNew()) return () => {}
  const building = spawn(process.execPath, [builder, 'build', sources, '--logLevel', 'error'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let told = ''
  building.stderr.setEncoding('utf8').on('data', (text) => {
    told += text
  })
  building.on('close', (code) => {
    // Null: it was ended.
    if (code) tell(`the console cannot be built: ${told.trim() || `vite ended with ${code}`}`)
  })
  return () => void building.kill()
}

function isNew(): boolean {
  if (!existsSync(built)) return false
  const { mtimeMs } = statSync(built)
  return globSync('**/*', { cwd: sources }).every((file) => statSync(join(sources, file)).mtimeMs <= mtimeMs)
}
