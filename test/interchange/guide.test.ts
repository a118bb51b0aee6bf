import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startIn } from '../support/gateway.ts'
import { matchesShown } from '../support/guide.ts'
import { startPaths } from '../support/stub.ts'
import { runTessera } from '../support/tessera.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(join(root, 'docs/guides/moving-from-krakend.md'), 'utf8')
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
  language: language!,
  text: text!,
}))
const textsIn = (language: string) => blocks.filter((block) => block.language === language).map(({ text }) => text)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tessera-guide-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function run(command: string): Promise<string> {
  const [file = '', ...args] = command.split(' ')
  const env = { ...process.env, NO_COLOR: '1' }
  if (file === 'npx') {
    const { stdout, stderr } = await runTessera(args.slice(1), { cwd: folder, env: { NO_COLOR: '1' } })
    return stdout || stderr
  }
  return new Promise((resolve) => {
    execFile(file, args, { cwd: folder, env }, (_failed, stdout, stderr) => resolve(stdout || stderr))
  })
}

test('the guide to moving from KrakenD does what it says', async () => {
  expect(blocks.map(({ language }) => language)).toEqual(['json', 'console', 'yaml', 'yaml', 'yaml', 'console'])
  const [source] = textsIn('json')
  writeFileSync(join(folder, 'krakend.json'), source!)

  const [imports, asks] = textsIn('console').map(parseCommands)
  for (const { command, output } of imports!) {
    const printed = await run(command)
    expect({ command, printed, isAsShown: matchesShown(printed, output) }).toEqual({
      command,
      printed,
      isAsShown: true,
    })
  }
  for (const text of textsIn('yaml')) {
    const [, name, excerpt] = /^# (\S+)\n([\s\S]*)$/.exec(text)!
    expect(readFileSync(join(folder, name!), 'utf8')).toContain(excerpt)
  }

  // The same, with backends that are there.
  const users = await startPaths({
    '/users/7': { id: 7, name: 'Mei', age: 30, address: { city: 'Paris', zip: '75001' } },
  })
  const orders = await startPaths({ '/orders': [{ id: 'o1' }] })
  writeFileSync(
    join(folder, 'krakend.json'),
    source!.replace('http://users:8080', users.url).replace('http://orders:8080', orders.url),
  )
  await run('npx tessera import krakend krakend.json --force')
  const { gateway } = await startIn(folder, { adminPort: false })
  const { port } = await gateway.listen()
  for (const { command, output } of asks!) {
    const printed = await run(command.replace('localhost:8080', `127.0.0.1:${port}`))
    expect(JSON.parse(printed)).toEqual(JSON.parse(output.join('')))
  }
  expect(users.requests.map(({ url }) => url)).toEqual(['/users/7?lang=en'])
})

function parseCommands(text: string): { command: string; output: string[] }[] {
  const commands: { command: string; output: string[] }[] = []
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('$ ')) commands.push({ command: line.slice(2), output: [] })
    else commands.at(-1)!.output.push(line)
  }
  return commands
}
