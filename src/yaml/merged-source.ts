import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import { EnvText } from '../environment.ts'
import { type Path, pathKey, Source } from './source.ts'

/**
 * Several files as one mapping, each piece standing where its own file has it. What two files say is reported, with both
 * places, and the first holds.
 * @param shared keys whose members may stand in different files; the value of any other key stands in one
 */
export function mergeSources(
  [first, ...others]: readonly [Source, ...Source[]],
  shared: readonly string[],
  diagnostics: DiagnosticCollector,
): Source {
  if (others.length === 0) return first
  const value: Record<string, unknown> = {}
  const owners = new Map<string, Source>()
  const take = (into: object, path: Path, member: unknown, source: Source) => {
    const key = String(path.at(-1))
    if (!Object.hasOwn(into, key)) {
      setMember(into, key, member)
      owners.set(pathKey(path), source)
      return
    }
    const owner = owners.get(pathKey(path)) ?? [first, ...others].find((one) => one.valueAt(path) !== undefined)!
    const message = `another file says \`${path.join('.')}\` too`
    diagnostics.add('duplicate-name', message, source.locateKey(path), 'one of them has to go', owner.locateKey(path))
  }
  for (const source of [first, ...others]) {
    if (!isMapping(source.value)) {
      if (source.value !== null) diagnostics.add('invalid-value', 'expected a mapping', source.locate([]))
      continue
    }
    for (const [key, member] of Object.entries(source.value)) {
      const isShared = shared.includes(key) && isMapping(member)
      if (isShared && !Object.hasOwn(value, key)) setMember(value, key, {})
      if (!isShared || !isMapping(value[key])) take(value, [key], member, source)
      else for (const [name, inner] of Object.entries(member)) take(value[key] as object, [key, name], inner, source)
    }
  }
  return new MergedSource(first, others, value, owners)
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof EnvText)
}

/** Whatever its name is: `__proto__` is a key as others are. */
function setMember(owner: object, key: string, value: unknown): void {
  Object.defineProperty(owner, key, { value, enumerable: true, configurable: true, writable: true })
}

/** What is asked of a place is asked of the file that has it; of what no file has, of the first. */
class MergedSource extends Source {
  readonly #all: readonly Source[]
  readonly #owners: ReadonlyMap<string, Source>

  constructor(first: Source, others: readonly Source[], value: unknown, owners: ReadonlyMap<string, Source>) {
    const all = [first, ...others]
    super(
      first,
      value,
      undefined,
      all.some(({ namesVariables }) => namesVariables),
    )
    this.#all = all
    this.#owners = owners
  }

  #ownerOf(path: Path): Source {
    const owner = this.#owners.get(pathKey(path.slice(0, 1))) ?? this.#owners.get(pathKey(path.slice(0, 2)))
    return owner ?? this.#all.find((source) => source.valueAt(path) !== undefined) ?? this.#all[0]!
  }

  override forget(): void {
    for (const source of this.#all) source.forget()
  }

  override writtenAt(path: Path): string {
    return this.#ownerOf(path).writtenAt(path)
  }

  override locate(path: Path): Location {
    return this.#ownerOf(path).locate(path)
  }

  override locateKey(path: Path): Location {
    return this.#ownerOf(path).locateKey(path)
  }

  override locateInside(path: Path, offset: number, length: number): Location {
    return this.#ownerOf(path).locateInside(path, offset, length)
  }

  override locateRange(start: number, end: number): Location {
    return this.#all[0]!.locateRange(start, end)
  }
}
