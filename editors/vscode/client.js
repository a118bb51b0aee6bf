const { commands, workspace } = require('vscode')
const { LanguageClient } = require('vscode-languageclient/node')

let client

/** Starts the language server that the workspace has, and again when somebody asks for it or changes how. */
async function activate({ subscriptions }) {
  subscriptions.push(
    commands.registerCommand('tessera.restart', restart),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('tessera.command')) return restart()
    }),
  )
  await start()
}

function start() {
  const [command, ...args] = workspace.getConfiguration('tessera').get('command')
  const cwd = workspace.workspaceFolders?.[0]?.uri.fsPath
  // `npx` is a script on Windows, which only a shell runs.
  const server = { command, args, options: { cwd, shell: process.platform === 'win32' } }
  client = new LanguageClient('tessera', 'Tessera', server, {
    documentSelector: [{ scheme: 'file', language: 'yaml' }],
  })
  return client.start()
}

async function restart() {
  await client?.stop()
  await start()
}

function deactivate() {
  return client?.stop()
}

module.exports = { activate, deactivate }
