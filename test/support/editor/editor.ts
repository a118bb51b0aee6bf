import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node'
import type {
  CompletionItem,
  Diagnostic,
  DocumentSymbol,
  Hover,
  Location,
  Position,
  TextEdit,
} from 'vscode-languageserver'
import { mainScript } from '../tessera.ts'

interface Published {
  readonly uri: string
  readonly version?: number
  readonly diagnostics: readonly Diagnostic[]
}

/** A `tessera language-server` in a process of its own. */
export class Server {
  readonly #child: ChildProcess
  readonly connection: MessageConnection
  readonly published = new Map<string, Published>()
  readonly warnings: string[] = []
  readonly failures: string[] = []
  readonly ended: Promise<number | null>
  #listeners: (() => void)[] = []

  constructor(args: readonly string[] = []) {
    this.#child = spawn(process.execPath, [mainScript, 'language-server', ...args], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    this.ended = once(this.#child, 'close').then(([code]) => code as number | null)
    const { stdin, stdout } = this.#child
    this.connection = createMessageConnection(new StreamMessageReader(stdout!), new StreamMessageWriter(stdin!))
    this.connection.onNotification('textDocument/publishDiagnostics', (published: Published) => {
      this.published.set(published.uri, published)
      for (const listen of this.#listeners) listen()
    })
    this.connection.onNotification('window/showMessage', ({ message }: { message: string }) => {
      this.warnings.push(message)
    })
    this.connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
      this.failures.push(message)
    })
    this.connection.listen()
  }

  get pid(): number {
    return this.#child.pid!
  }

  async start(): Promise<this> {
    await this.connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} })
    await this.connection.sendNotification('initialized', {})
    return this
  }

  /** As an editor ends it. */
  async stop(): Promise<number | null> {
    await this.connection.sendRequest('shutdown')
    await this.connection.sendNotification('exit')
    const code = await this.ended
    this.connection.dispose()
    return code
  }

  until<Result>(look: () => Result | undefined | false): Promise<Result> {
    return new Promise((resolve) => {
      const listen = () => {
        const found = look()
        if (!found) return
        this.#listeners = this.#listeners.filter((one) => one !== listen)
        resolve(found)
      }
      this.#listeners.push(listen)
      listen()
    })
  }
}

/** An editor with a folder open, at a server that may have other folders too. Columns and lines count from 0. */
export class Editor {
  readonly #server: Server
  readonly root: string
  readonly #versions = new Map<string, number>()
  readonly #texts = new Map<string, string>()

  constructor(root: string, server: Server) {
    this.root = root
    this.#server = server
  }

  get connection(): MessageConnection {
    return this.#server.connection
  }

  uri(file: string): string {
    return pathToFileURL(join(this.root, file)).href
  }

  textOf(file: string): string {
    return this.#texts.get(file) ?? ''
  }

  /** Opens a file with its text on disk, or another. */
  async open(file: string, text?: string): Promise<void> {
    const shown = text ?? (await readFile(join(this.root, file), 'utf8'))
    this.#texts.set(file, shown)
    this.#versions.set(file, 1)
    const textDocument = { uri: this.uri(file), languageId: 'yaml', version: 1, text: shown }
    await this.connection.sendNotification('textDocument/didOpen', { textDocument })
  }

  /** Replaces the whole text. */
  async write(file: string, text: string): Promise<void> {
    const version = this.#versions.get(file)! + 1
    this.#versions.set(file, version)
    this.#texts.set(file, text)
    const textDocument = { uri: this.uri(file), version }
    await this.connection.sendNotification('textDocument/didChange', { textDocument, contentChanges: [{ text }] })
  }

  async close(file: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri: this.uri(file) } })
  }

  async changedOnDisk(file: string): Promise<void> {
    const changes = [{ uri: this.uri(file), type: 2 }]
    await this.connection.sendNotification('workspace/didChangeWatchedFiles', { changes })
  }

  /** What is wrong with a file that is open, as it stands now. */
  async diagnosticsOf(file: string): Promise<readonly Diagnostic[]> {
    const version = this.#versions.get(file)
    const published = await this.#server.until(() => {
      const last = this.#server.published.get(this.uri(file))
      return last?.version === version ? last : undefined
    })
    return published.diagnostics
  }

  /** The first that is told of a file for which this holds. */
  async diagnosticsUntil(file: string, holds: (diagnostics: readonly Diagnostic[]) => boolean): Promise<void> {
    await this.#server.until(() => {
      const last = this.#server.published.get(this.uri(file))
      return last && holds(last.diagnostics)
    })
  }

  published(file: string): readonly Diagnostic[] | undefined {
    return this.#server.published.get(this.uri(file))?.diagnostics
  }

  /** Where a `|` stands in a text, which is opened without it. */
  async openAt(file: string, marked: string): Promise<Position> {
    const offset = marked.indexOf('|')
    const text = marked.slice(0, offset) + marked.slice(offset + 1)
    if (this.#versions.has(file)) await this.write(file, text)
    else await this.open(file, text)
    return positionAt(text, offset)
  }

  ask<Answer>(method: string, file: string, position?: Position, more: object = {}): Promise<Answer> {
    const textDocument = { uri: this.uri(file) }
    return this.connection.sendRequest(method, { textDocument, ...(position && { position }), ...more })
  }

  async complete(file: string, marked: string): Promise<CompletionItem[]> {
    return this.ask('textDocument/completion', file, await this.openAt(file, marked))
  }

  async hover(file: string, position: Position): Promise<string | undefined> {
    const found = await this.ask<Hover | null>('textDocument/hover', file, position)
    return (found?.contents as { value: string } | undefined)?.value
  }

  async definition(file: string, position: Position): Promise<string | undefined> {
    const found = await this.ask<Location | null>('textDocument/definition', file, position)
    return found ? this.show(found) : undefined
  }

  async references(file: string, position: Position): Promise<string[]> {
    const context = { includeDeclaration: true }
    const found = await this.ask<Location[]>('textDocument/references', file, position, { context })
    return found.map((one) => this.show(one)).sort()
  }

  async rename(file: string, position: Position, newName: string): Promise<Record<string, TextEdit[]>> {
    const { changes } = await this.ask<{ changes: Record<string, TextEdit[]> }>('textDocument/rename', file, position, {
      newName,
    })
    return changes
  }

  symbols(file: string): Promise<DocumentSymbol[]> {
    return this.ask('textDocument/documentSymbol', file)
  }

  /** `routes/home.yaml:3:5`, from 1. */
  show({ uri, range }: Location): string {
    const { line, character } = range.start
    return `${uri.slice(pathToFileURL(this.root).href.length + 1)}:${line + 1}:${character + 1}`
  }
}

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length - 1, character: before.at(-1)!.length }
}

/** The position of a piece of a text, `into` it. */
export function positionOf(text: string, piece: string, into = 0): Position {
  const offset = text.indexOf(piece)
  if (offset < 0) throw new Error(`there is no ${piece}`)
  return positionAt(text, offset + into)
}

export function offsetAt(text: string, { line, character }: Position): number {
  const lines = text.split('\n')
  return lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character
}

/** A text with edits made. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const inOrder = edits.toSorted((a, b) => offsetAt(text, b.range.start) - offsetAt(text, a.range.start))
  return inOrder.reduce(
    (now, { range, newText }) =>
      now.slice(0, offsetAt(now, range.start)) + newText + now.slice(offsetAt(now, range.end)),
    text,
  )
}
