import { mkdirSync, writeFileSync } from 'node:fs'
import { generateFiles } from './generated.ts'

for (const [path, text] of await generateFiles()) {
  const file = new URL(`../${path}`, import.meta.url)
  mkdirSync(new URL('.', file), { recursive: true })
  writeFileSync(file, text)
}
