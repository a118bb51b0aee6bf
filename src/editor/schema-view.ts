import type { Meaning } from '../binding/scalars.ts'
import type { Schema } from '../describe/json-schema.ts'
import type { Path } from '../yaml/source.ts'

/** What a mapping may hold at a key. */
export interface KnownKey {
  readonly name: string
  readonly schema: Schema
}

const deepest = 20

/** Looks into the JSON Schema of a kind of file by the paths of one file's values. */
export class SchemaView {
  readonly #root: Schema

  constructor(root: Schema) {
    this.#root = root
  }

  /**
   * What may stand at a path: one schema, or several where it may be one of several things. `value` is what the file
   * holds: of those that a mapping may be, the ones count that know most of its keys.
   */
  at(path: Path, value: unknown): Schema[] {
    let schemas = this.#open([this.#root])
    let here = value
    for (const segment of path) {
      schemas = this.#open(narrow(schemas, here).flatMap((schema) => inside(schema, segment)))
      here = (here as Record<string | number, unknown> | null | undefined)?.[segment]
    }
    return narrow(schemas, here)
  }

  /**
   * The keys that a mapping at a path may have. Where it may still be one of several things, those that say which it
   * is, and those that all of them have.
   */
  keysAt(path: Path, value: unknown): KnownKey[] {
    const choices = this.at(path, value).filter(({ properties }) => properties !== undefined)
    const found = new Map<string, KnownKey>()
    for (const { properties, required = [] } of choices)
      for (const [name, member] of Object.entries(properties as Record<string, Schema>)) {
        const isCommon = choices.every((choice) => Object.hasOwn(choice['properties'] as Schema, name))
        if (found.has(name) || !(isCommon || (required as string[]).includes(name))) continue
        found.set(name, { name, schema: this.#merge(member) })
      }
    return [...found.values()]
  }

  /** What is said of the member of a mapping at a path: its description, default, examples. */
  about(path: Path, value: unknown): Schema | undefined {
    const name = path.at(-1) ?? ''
    const owners = this.at(path.slice(0, -1), value)
    const owner = owners.find(({ properties = {} }) => Object.hasOwn(properties as object, name))
    return owner && this.#merge((owner['properties'] as Record<string, Schema>)[name]!)
  }

  /** What the names of a mapping's members at a path stand for. */
  meaningOfKeys(path: Path, value: unknown): Meaning | undefined {
    const names = this.at(path, value).map(({ propertyNames }) => propertyNames as Schema | undefined)
    return meaningOf(names.filter((schema) => schema !== undefined))
  }

  /** What a text at a path stands for. */
  meaningAt(path: Path, value: unknown): Meaning | undefined {
    return meaningOf(this.at(path, value))
  }

  /** The values that are listed of what may stand at a path. */
  valuesAt(path: Path, value: unknown): unknown[] {
    return this.at(path, value).flatMap((schema) => {
      if ('const' in schema) return [schema['const']]
      if (Array.isArray(schema['enum'])) return schema['enum']
      if (schema['type'] === 'boolean') return [true, false]
      return 'x-tessera' in schema ? [] : ((schema['examples'] as unknown[] | undefined) ?? [])
    })
  }

  /** A schema with what it refers to beside what it says itself. */
  #merge(schema: Schema): Schema {
    const [referred] = [...((schema['allOf'] as Schema[] | undefined) ?? []), schema].flatMap((one) =>
      typeof one['$ref'] === 'string' ? (this.#refer(one['$ref']) ?? []) : [],
    )
    return referred ? { ...referred, ...schema } : schema
  }

  #refer(reference: string): Schema | undefined {
    const keys = reference.split('/').slice(1)
    return keys.reduce<Schema | undefined>((owner, key) => owner?.[key] as Schema | undefined, this.#root)
  }

  /** Those that a value may fit, with references followed and unions taken apart. */
  #open(schemas: readonly Schema[], depth = 0): Schema[] {
    if (depth > deepest) return []
    return schemas.flatMap((schema) => {
      const referred = typeof schema['$ref'] === 'string' ? this.#refer(schema['$ref']) : undefined
      const lists = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => (schema[key] as Schema[] | undefined) ?? [])
      const branches = [schema['then'], schema['else'], referred] as (Schema | undefined)[]
      const parts = [...lists, ...branches.filter((branch) => branch !== undefined)]
      return [isChoice(schema) ? {} : schema, ...this.#open(parts, depth + 1)]
    })
  }
}

/** What such a mapping is, and may hold, its branches say. */
function isChoice({ allOf }: Schema): boolean {
  return Array.isArray(allOf) && allOf.some((branch: Schema) => 'then' in branch)
}

function meaningOf(schemas: readonly Schema[]): Meaning | undefined {
  return schemas.flatMap((schema) => (schema['x-tessera'] as Meaning | undefined) ?? [])[0]
}

/** What a member of a value that fits a schema may be. A template is one all the way down. */
function inside(schema: Schema, segment: string | number): Schema[] {
  if (schema['x-tessera'] === 'template') return [schema]
  if (typeof segment === 'number') return [(schema['items'] as Schema | undefined) ?? []].flat()
  const properties = (schema['properties'] as Record<string, Schema> | undefined) ?? {}
  if (Object.hasOwn(properties, segment)) return [properties[segment]!]
  const others = schema['additionalProperties']
  return typeof others === 'object' && others !== null ? [others as Schema] : []
}

/** Of several things that a mapping may be, those that know most of its keys. */
function narrow(schemas: readonly Schema[], value: unknown): Schema[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [...schemas]
  const keys = Object.keys(value)
  const known = ({ properties = {} }: Schema) => keys.filter((key) => Object.hasOwn(properties as object, key)).length
  const most = Math.max(0, ...schemas.map(known))
  return schemas.filter((schema) => schema['properties'] === undefined || known(schema) === most)
}
