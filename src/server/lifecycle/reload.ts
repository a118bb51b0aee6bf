import type { ConfigLocations } from '../../config/read.ts'
import type { ConfigTexts } from '../../config/texts.ts'
import type { Severity } from '../../diagnostics/codes.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { printDiagnostics, summarize } from '../../diagnostics/print.ts'
import { type SecretFiles, secretFiles } from '../../environment.ts'
import type { LoadResult, Snapshot } from '../../plan/snapshot.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { ConfigurationError, isSameReading, type Loader, type Reading, textsByFile } from './load.ts'
import { runInSlices } from './slices.ts'

/** What a reload came to. */
export interface ReloadResult {
  /** Whether what is on disk is what serves. */
  readonly ok: boolean
  /** Whether a new snapshot serves since. */
  readonly changed: boolean
  /** Of the snapshot that serves. */
  readonly version: string
  readonly diagnostics: readonly Diagnostic[]
  textOf(file: string): string | undefined
  readonly ms: number
}

export interface ReloaderParts {
  readonly loader: Loader
  readonly logger: Logger
  readonly metrics: Metrics
  /** Milliseconds since the epoch. */
  readonly epoch: () => number
  /** Puts a snapshot to work. */
  readonly activate: (snapshot: Snapshot) => Promise<void>
  /** Told where the configuration is, whenever it was read. */
  readonly onRead: (locations: ConfigLocations) => void
  readonly onReload: ((result: ReloadResult) => void) | undefined
}

/**
 * Reads the configuration anew and puts it to work if it is good; if not, the old one serves on. It works in slices,
 * between which requests are served. One at a time: whoever asks while one runs gets the one after it, which sees all
 * that was written before.
 */
export class Reloader {
  readonly #parts: ReloaderParts
  #version = ''
  #hasRoutes = false
  #secrets: SecretFiles | undefined
  #lastTexts: ConfigTexts | undefined
  #last: ReloadResult | undefined
  #running: Promise<ReloadResult> | undefined
  #next: Promise<ReloadResult> | undefined

  constructor(parts: ReloaderParts) {
    this.#parts = parts
  }

  /** The files of secrets that the configuration names which serves; undefined where it names none. */
  get secrets(): SecretFiles | undefined {
    return this.#secrets
  }

  /** What the last load came to. */
  get last(): ReloadResult | undefined {
    return this.#last
  }

  /** @throws ConfigurationError */
  async loadFirst(): Promise<{ snapshot: Snapshot; locations: ConfigLocations }> {
    const reading = await this.#parts.loader.read()
    const { snapshot, diagnostics } = await this.#build(reading.texts)
    if (!snapshot) throw new ConfigurationError(diagnostics, reading.texts)
    this.#accept(reading, snapshot, diagnostics, 0)
    return { snapshot, locations: reading.locations }
  }

  reload(): Promise<ReloadResult> {
    if (this.#next) return this.#next
    if (!this.#running) return this.#begin()
    this.#next = this.#running.then(() => {
      this.#next = undefined
      return this.#begin()
    })
    return this.#next
  }

  #begin(): Promise<ReloadResult> {
    this.#running = this.#run().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #run(): Promise<ReloadResult> {
    const startedAt = performance.now()
    const { loader, logger } = this.#parts
    const reading = await loader.read()
    const elapsed = () => performance.now() - startedAt
    const isSame = this.#lastTexts !== undefined && isSameReading(this.#lastTexts, reading.texts)
    if (isSame && this.#last) return { ...this.#last, changed: false, ms: elapsed() }
    const { snapshot, diagnostics } = await this.#build(reading.texts)
    if (!snapshot) return this.#refuse(reading, diagnostics, elapsed())
    if (snapshot.routes.length === 0 && this.#hasRoutes)
      return this.#refuse(reading, [...diagnostics, noRoute(reading)], elapsed())
    try {
      await this.#parts.activate(snapshot)
    } catch (thrown) {
      logger.error({ err: thrown }, 'the configuration could not be activated; still serving the previous one')
      return this.#refuse(reading, diagnostics, elapsed())
    }
    const result = this.#accept(reading, snapshot, diagnostics, elapsed())
    const ms = Math.round(result.ms)
    logger.info({ version: snapshot.version, routes: snapshot.routes.length, ms }, 'configuration reloaded')
    this.#parts.onReload?.(result)
    return result
  }

  /** A bug in the compiler must not take the running gateway down. */
  async #build(texts: ConfigTexts): Promise<LoadResult> {
    const building = runInSlices(this.#parts.loader.build(texts))
    if (this.#last === undefined) return building
    try {
      return await building
    } catch (thrown) {
      this.#parts.logger.error(
        { err: thrown },
        'the configuration could not be compiled; still serving the previous one',
      )
      return { snapshot: undefined, diagnostics: [] }
    }
  }

  #accept(
    reading: Reading,
    { version, routes }: Snapshot,
    diagnostics: readonly Diagnostic[],
    ms: number,
  ): ReloadResult {
    const changed = version !== this.#version
    this.#version = version
    this.#hasRoutes = routes.length > 0
    this.#secrets = reading.texts.env[secretFiles]
    return this.#remember(reading, { ok: true, changed, diagnostics, ms })
  }

  #refuse(reading: Reading, diagnostics: readonly Diagnostic[], ms: number): ReloadResult {
    const result = this.#remember(reading, { ok: false, changed: false, diagnostics, ms })
    const printed = printDiagnostics(diagnostics, (file) => result.textOf(file), false).join('\n\n')
    this.#parts.logger.error(
      `the configuration was rejected (${summarize(diagnostics)}); still serving the previous one\n${printed}`,
    )
    this.#parts.onReload?.(result)
    return result
  }

  #remember(reading: Reading, part: Pick<ReloadResult, 'ok' | 'changed' | 'diagnostics' | 'ms'>): ReloadResult {
    this.#lastTexts = reading.texts
    this.#last = { ...part, version: this.#version, textOf: textsByFile(reading.texts) }
    this.#parts.onRead(reading.locations)
    this.#parts.metrics.reloaded({
      ok: part.ok,
      atSeconds: this.#parts.epoch() / 1000,
      version: this.#version,
      diagnostics: countBySeverity(part.diagnostics),
    })
    return this.#last
  }
}

/** A directory that is empty of a sudden is one that is being written, or mounted, or was named by mistake. */
function noRoute({ texts, locations }: Reading): Diagnostic {
  const message = `there is no route in ${locations.routes} any more, and those that serve go on`
  const at = { file: texts.gateway.path, line: 1, column: 1, endLine: 1, endColumn: 2 }
  const help = 'to serve none, start the gateway without any'
  return { code: 'file-unreadable', severity: 'error', message, at, help }
}

function countBySeverity(diagnostics: readonly Diagnostic[]): Partial<Record<Severity, number>> {
  const counts: Partial<Record<Severity, number>> = {}
  for (const { severity } of diagnostics) counts[severity] = (counts[severity] ?? 0) + 1
  return counts
}
