import { Writable } from 'node:stream'
import {
  type Connection,
  createConnection,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  ProposedFeatures,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { DiagnosticPublisher } from './diagnostics.ts'
import { features } from './features/index.ts'
import { frameMessages } from './framing.ts'
import { Workspace, type WorkspaceOptions } from './workspace.ts'

export interface LanguageServerOptions extends Omit<WorkspaceOptions, 'quietMs' | 'onChecked' | 'onFailure'> {
  readonly version: string
  /** Tells who started it, on standard error. */
  readonly complain: (line: string) => void
}

const quietMs = 100
const watched = '**/*.{yaml,yml,ts,mts,js,mjs}'

/**
 * Speaks the Language Server Protocol with an editor over standard input and output, until it says `exit`, its input ends, or
 * what comes is something else.
 */
export function startLanguageServer(options: LanguageServerOptions): Promise<never> {
  const messages = process.stdin.pipe(frameMessages(options.complain))
  const connection = createConnection(ProposedFeatures.all, messages, claimOutput())
  const documents = new TextDocuments(TextDocument)
  const publisher = new DiagnosticPublisher(connection)
  const tellFailure = (error: unknown) =>
    connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
  const workspace = new Workspace(documents, {
    ...options,
    quietMs,
    onChecked: (project, diagnostics) => publisher.publish(project, diagnostics, workspace),
    onFailure: tellFailure,
  })
  let watchesFiles = false
  connection.onInitialize(({ capabilities }: InitializeParams) => {
    watchesFiles = capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true
    const own = features.map((feature) => feature.capabilities)
    return {
      capabilities: Object.assign({ textDocumentSync: TextDocumentSyncKind.Incremental }, ...own),
      serverInfo: { name: 'tessera', version: options.version },
    }
  })
  connection.onInitialized(() => {
    if (watchesFiles) watchFiles(connection).catch(tellFailure)
  })
  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const { uri } of changes) workspace.reread(uri)
  })
  connection.onShutdown(() => workspace.close())
  for (const feature of features) feature.listen(connection, workspace)
  documents.listen(connection)
  connection.listen()
  // The connection ends the process.
  return new Promise(() => {})
}

/** Standard output for the protocol alone: what else is printed, by the modules of a project too, goes to standard error. */
function claimOutput(): Writable {
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write
  return new Writable({ write: (chunk, _encoding, done) => void write(chunk, done) })
}

async function watchFiles(connection: Connection): Promise<void> {
  await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: watched }] })
}
