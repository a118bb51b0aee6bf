import type { Connection } from 'vscode-languageserver'
import { DiagnosticSeverity, type Diagnostic as ProtocolDiagnostic } from 'vscode-languageserver'
import type { Severity } from '../diagnostics/codes.ts'
import { maxTold } from '../diagnostics/collector.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { rangeOf } from './positions.ts'
import type { Project } from './project.ts'
import type { Workspace } from './workspace.ts'

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  // What editors call a hint they hardly show.
  hint: DiagnosticSeverity.Information,
}

/** Tells an editor what `check` tells, file by file; a file that was mended is told to have none. */
export class DiagnosticPublisher {
  readonly #connection: Connection
  readonly #told = new Map<Project, ReadonlySet<string>>()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  publish(project: Project, diagnostics: readonly Diagnostic[], workspace: Workspace): void {
    const byFile = Map.groupBy(diagnostics, ({ at }) => at.file)
    const open = workspace.openFilesOf(project)
    const before = this.#told.get(project) ?? new Set<string>()
    this.#told.set(project, new Set(byFile.keys()))
    for (const file of new Set([...byFile.keys(), ...before, ...open])) {
      const text = project.textOf(file)
      const found = (byFile.get(file) ?? []).slice(0, maxTold).map((one) => toProtocol(one, text))
      const uri = workspace.uriOf(project.pathOf(file))
      const version = workspace.versionOf(uri, text)
      const told = { uri, diagnostics: found, ...(version !== undefined && { version }) }
      // An editor that is gone is told nothing.
      this.#connection.sendDiagnostics(told).catch(() => {})
    }
  }
}

function toProtocol({ code, severity, message, at, help }: Diagnostic, text: string | undefined): ProtocolDiagnostic {
  return {
    range: rangeOf(at, text),
    severity: severities[severity],
    code,
    source: 'tessera',
    message: help === undefined ? message : `${message}\n${help}`,
  }
}
