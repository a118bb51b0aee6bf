import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { loadCommands } from '../../src/cli/index.ts'
import { projectRoot } from '../support/tessera.ts'

const folder = join(projectRoot, 'editors/vscode')
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
const { default: command } = manifest.contributes.configuration.properties['tessera.command']

/** Stands in for VS Code and its client, and tells what is asked of them. */
const stub = `
const Module = require('node:module')
const told = []
const vscode = {
  commands: { registerCommand: (name) => told.push(['command', name]) },
  workspace: {
    onDidChangeConfiguration: () => told.push(['configuration']),
    getConfiguration: () => ({ get: () => ${JSON.stringify(command)} }),
    workspaceFolders: [{ uri: { fsPath: '/project' } }],
  },
}
class LanguageClient {
  constructor(id, name, server, client) { told.push(['client', id, server, client]) }
  async start() { told.push(['start']) }
  async stop() { told.push(['stop']) }
}
const load = Module._load
Module._load = (name, ...rest) =>
  name === 'vscode' ? vscode : name === 'vscode-languageclient/node' ? { LanguageClient } : load(name, ...rest)
const { activate, deactivate } = require(${JSON.stringify(join(folder, manifest.main))})
activate({ subscriptions: [] }).then(deactivate).then(() => console.log(JSON.stringify(told)))
`

test('the extension of VS Code starts the command that Tessera has, and ends it', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', stub])
  const told = JSON.parse(stdout) as unknown[][]
  expect(told.map(([what]) => what)).toEqual(['command', 'configuration', 'client', 'start', 'stop'])
  const [program, ...args] = command as string[]
  expect(told[2]).toMatchObject(['client', 'tessera', { command: program, args, options: { cwd: '/project' } }, {}])
  const names = (await loadCommands()).map(({ name }) => name)
  expect(names).toContain(args.at(-1))
})

test('it registers the commands that its manifest names, and runs in trusted workspaces only', () => {
  expect(manifest.contributes.commands.map((one: { command: string }) => one.command)).toEqual(['tessera.restart'])
  expect(manifest.capabilities.untrustedWorkspaces.supported).toBe(false)
})
