import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Position, TextDocuments } from 'vscode-languageserver'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { type EditedKind, Project, type ProjectOptions } from './project.ts'

/** Where in which project somebody is. */
export interface Place {
  readonly project: Project
  readonly kind: EditedKind
  readonly path: string
  readonly document: TextDocument
  readonly text: string
  readonly offset: number
}

export interface WorkspaceOptions extends Omit<ProjectOptions, 'config'> {
  /** The gateway's file of every project, an absolute path; by default the nearest one of each file. */
  readonly config?: string | undefined
  /** How long nobody has written before a project is checked. */
  readonly quietMs: number
  /** Told of all that is wrong with a project, whenever that was looked at. */
  readonly onChecked: (project: Project, diagnostics: readonly Diagnostic[]) => void
  readonly onFailure: (error: unknown) => void
}

/** Longer texts are only checked: nobody writes them by hand, and their syntax takes long. */
const longestWritten = 400_000

/** What is open in an editor, and the projects that it belongs to. */
export class Workspace {
  readonly documents: TextDocuments<TextDocument>
  readonly #options: WorkspaceOptions
  readonly #watched = new Map<string, Watched>()

  constructor(documents: TextDocuments<TextDocument>, options: WorkspaceOptions) {
    this.documents = documents
    this.#options = options
    documents.onDidChangeContent(({ document }) => this.#changed(document))
    documents.onDidClose(({ document }) => this.reread(document.uri))
  }

  #changed(document: TextDocument): void {
    const path = pathOfUri(document.uri)
    const watched = path === undefined ? undefined : this.#watchedOf(path)
    if (!watched) return
    if (!watched.project.write(path!, document.getText())) watched.isOutdated = true
    this.#schedule(watched)
  }

  /** A file may be another on disk than before. */
  reread(uri: string): void {
    const path = pathOfUri(uri)
    const watched = path === undefined ? undefined : this.#watchedOf(path)
    if (!watched) return
    watched.isOutdated = true
    this.#schedule(watched)
  }

  /** Where a position is, once its project is known; undefined outside of every project. */
  async placeOf(uri: string, position: Position): Promise<Place | undefined> {
    const path = pathOfUri(uri)
    const document = this.documents.get(uri)
    const watched = path === undefined ? undefined : this.#watchedOf(path)
    if (!watched || !document) return undefined
    if (!watched.project.world) await this.#settle(watched)
    const kind = watched.project.kindOf(path!)
    const text = document.getText()
    if (!kind || text.length > longestWritten) return undefined
    return { project: watched.project, kind, path: path!, document, text, offset: document.offsetAt(position) }
  }

  /** Waits until what is known of a project is what stands in its files now. */
  async settle(project: Project): Promise<void> {
    const watched = [...this.#watched.values()].find((one) => one.project === project)
    if (watched) await this.#settle(watched)
  }

  /** The address of a file: the one that the editor uses where it is open there. */
  uriOf(path: string): string {
    const open = this.documents.all().find(({ uri }) => pathOfUri(uri) === path)
    return open?.uri ?? pathToFileURL(path).href
  }

  /** The files of a project that are open, by the names that diagnostics use. */
  openFilesOf(project: Project): string[] {
    return this.documents.all().flatMap(({ uri }) => {
      const path = pathOfUri(uri)
      return path !== undefined && project.kindOf(path) ? [project.nameOf(path)] : []
    })
  }

  /** The version of an open text, if it is the one that is meant. */
  versionOf(uri: string, text: string | undefined): number | undefined {
    const document = this.documents.get(uri)
    return document && document.getText() === text ? document.version : undefined
  }

  close(): void {
    for (const { timer } of this.#watched.values()) clearTimeout(timer)
  }

  #watchedOf(path: string): Watched | undefined {
    const config = this.#options.config ?? findConfig(path)
    if (config === undefined) return undefined
    const known = this.#watched.get(config)
    if (known) return known
    const project = new Project({ ...this.#options, config })
    const made: Watched = { project, isOutdated: true, isChanged: true, timer: undefined, running: Promise.resolve() }
    this.#watched.set(config, made)
    return made
  }

  #schedule(watched: Watched): void {
    watched.isChanged = true
    clearTimeout(watched.timer)
    watched.timer = setTimeout(() => void this.#settle(watched), this.#options.quietMs)
  }

  #settle(watched: Watched): Promise<void> {
    clearTimeout(watched.timer)
    watched.running = watched.running.then(() => this.#check(watched)).catch(this.#options.onFailure)
    return watched.running
  }

  async #check(watched: Watched): Promise<void> {
    const { project } = watched
    while (watched.isChanged) {
      watched.isChanged = false
      if (watched.isOutdated) {
        watched.isOutdated = false
        await project.read(this.#written())
        // What was written while the files were read.
        for (const [path, text] of this.#written()) project.write(path, text)
      }
      const diagnostics = await project.check(() => watched.isChanged)
      if (diagnostics) this.#options.onChecked(project, diagnostics)
    }
  }

  #written(): Map<string, string> {
    const open = this.documents.all().flatMap((document): [string, string][] => {
      const path = pathOfUri(document.uri)
      return path === undefined ? [] : [[path, document.getText()]]
    })
    return new Map(open)
  }
}

interface Watched {
  readonly project: Project
  /** Its files have to be read again. */
  isOutdated: boolean
  /** It has to be checked again. */
  isChanged: boolean
  timer: NodeJS.Timeout | undefined
  running: Promise<void>
}

/** Undefined for what is no file: a text without a name, one of a repository's history. */
export function pathOfUri(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined
  } catch {
    return undefined
  }
}

/** The gateway's file of the project that a file lies in. */
function findConfig(path: string): string | undefined {
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    const candidates = ['gateway.yaml', 'config/gateway.yaml'].map((name) => join(directory, name))
    const found = candidates.find((candidate) => candidate === path || existsSync(candidate))
    if (found !== undefined || directory === dirname(directory)) return found
  }
}
