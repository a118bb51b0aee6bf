import { runToEnd, type Work } from '../work.ts'
import { type DiagnosticCode, diagnosticCodes } from './codes.ts'
import type { Diagnostic, Location, SoughtLocation } from './diagnostic.ts'
import { Regions } from './regions.ts'

/** Something wrong inside one string (a path, an expression): found by expressions/, which knows no files. Offsets in UTF-16 units. */
export interface Fault {
  readonly code: DiagnosticCode
  readonly message: string
  readonly offset: number
  readonly length: number
  readonly help?: string | undefined
}

/** How many diagnostics of a file people are told. */
export const maxTold = 100

const placesInStep = 100

/** Collects diagnostics, so that a load reports all that is wrong at once. */
export class DiagnosticCollector {
  readonly #found: Diagnostic[] = []
  readonly #known: Location[] = []
  readonly #counts = new Map<string, number>()
  readonly #others = new Map<Diagnostic, Location>()
  #hasErrors = false

  /** @param other the place that `help` speaks of, which it then names */
  add(code: DiagnosticCode, message: string, at: Location, help?: string, other?: Location): void {
    const diagnostic = { code, severity: diagnosticCodes[code].severity, message, at, help }
    this.#take(diagnostic)
    if (other) this.#others.set(diagnostic, other)
  }

  /** As `add`, for a value that is as good as not there: what else would be said of it follows from this. */
  addInstead(code: DiagnosticCode, message: string, at: Location, value: Location, help?: string): void {
    this.add(code, message, at, help)
    this.#known.push(value)
  }

  /** Takes over what another one has found. */
  addAll(other: DiagnosticCollector): void {
    for (const one of other.#found) this.#take(one)
    for (const one of other.#known) this.#known.push(one)
    for (const [one, place] of other.#others) this.#others.set(one, place)
  }

  get hasErrors(): boolean {
    return this.#hasErrors
  }

  /** Whether more is wrong with a file than people are told: then it is too late to guess what was meant. */
  isFull(file: string): boolean {
    return (this.#counts.get(file) ?? 0) >= maxTold
  }

  /** In the order of files and lines, each fault once. */
  sorted(): Diagnostic[] {
    return runToEnd(this.sortedInSteps())
  }

  *sortedInSteps(): Work<Diagnostic[]> {
    const others = [...this.#others.values()]
    const places = yield* findPlaces([...this.#known, ...others, ...this.#found.map(({ at }) => at)])
    const known = new Regions(this.#known.map((value) => places.get(value)!))
    const byKey = new Map<string, Diagnostic>()
    for (const diagnostic of this.#found) {
      const { code, message } = diagnostic
      const at = places.get(diagnostic.at)!
      if (!isOfLack(code) && known.contain(at)) continue
      const key = `${at.file}:${at.line}:${at.column}:${code}:${message}`
      if (byKey.has(key)) continue
      const other = places.get(this.#others.get(diagnostic))
      const help = other ? `${diagnostic.help} (${other.file}:${other.line})` : diagnostic.help
      byKey.set(key, { ...diagnostic, at, help })
    }
    yield
    return [...byKey.values()].sort(compareByPlace)
  }

  #take(diagnostic: Diagnostic): void {
    this.#found.push(diagnostic)
    this.#hasErrors ||= diagnostic.severity === 'error'
    const { file } = diagnostic.at
    this.#counts.set(file, (this.#counts.get(file) ?? 0) + 1)
  }
}

/** A location may know its line only when asked; what is told has found it. One file at a time: its tree is large. */
function* findPlaces(locations: readonly Location[]): Work<Map<Location | undefined, Location>> {
  const found = new Map<Location | undefined, Location>()
  for (const inFile of Map.groupBy(locations, ({ file }) => file).values()) {
    for (const location of inFile) {
      const { file, line, column, endLine, endColumn } = isSought(location) ? yield* location.find() : location
      found.set(location, { file, line, column, endLine, endColumn })
      if (found.size % placesInStep === 0) yield
    }
    for (const location of inFile) if (isSought(location)) location.forget()
  }
  return found
}

function isSought(location: Location): location is SoughtLocation {
  return 'find' in location
}

/** The order in which diagnostics are told: by file, line and column. */
export function compareByPlace(a: Diagnostic, b: Diagnostic): number {
  return compareText(a.at.file, b.at.file) || a.at.line - b.at.line || a.at.column - b.at.column
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Of what stands where nothing was found: the regions of those are for all other codes. */
function isOfLack(code: DiagnosticCode): boolean {
  return code === 'missing-env' || code === 'missing-secret'
}
