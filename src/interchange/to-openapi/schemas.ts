import type { ColorDefinition } from '../../binding/color.ts'
import type { JsonSchema } from '../../expressions/schema.ts'
import { isSensitive, maskType } from '../../redaction.ts'

type Published = Record<string, unknown>

/** The schemas of a document: colors by name, everything else in place. */
export class PublishedSchemas {
  readonly #names: ReadonlyMap<unknown, string>
  readonly #colors: ReadonlyMap<string, ColorDefinition>
  readonly #used = new Set<string>()

  readonly #home: string

  /** @param home where the document has them */
  constructor(colors: ReadonlyMap<string, ColorDefinition>, home = '#/components/schemas/') {
    this.#colors = colors
    this.#home = home
    this.#names = new Map([...colors].map(([name, { schema }]) => [schema, name]))
  }

  /** The type of a color, by reference. */
  ofColor(name: string): Published {
    this.#used.add(name)
    return { $ref: `${this.#home}${name}` }
  }

  /** What a template gives, colors inside it by reference; anything where that cannot be told. */
  publish(schema: JsonSchema | undefined): Published {
    if (!schema || typeof schema !== 'object') return {}
    const color = this.#names.get(schema)
    // A type of a word says no more as a reference.
    if (color !== undefined && (Object.keys(schema).length > 1 || isSensitive(this.#colors.get(color)!)))
      return this.ofColor(color)
    const choices = schema.anyOf?.filter((choice, _, all) => !isCovered(choice, all))
    if (choices?.length === 1) return this.publish(choices[0])
    const published: Published = {}
    for (const [keyword, value] of Object.entries(choices ? { ...schema, anyOf: choices } : schema))
      this.#publishKeyword(keyword, value, published)
    return published
  }

  #publishKeyword(keyword: string, value: unknown, into: Published): void {
    const isNested = typeof value === 'object' && value !== null
    if (keyword === 'properties' && isNested) {
      into[keyword] = Object.fromEntries(
        Object.entries(value).map(([name, member]) => [name, this.publish(member as JsonSchema)]),
      )
    } else if (keyword === 'items' || keyword === 'additionalProperties') {
      // That a template has no other members today is no promise.
      if (value !== false) into[keyword] = isNested ? this.publish(value as JsonSchema) : value
    } else if (Array.isArray(value) && ['anyOf', 'oneOf', 'allOf'].includes(keyword)) {
      into[keyword] = value.map((choice) => this.publish(choice as JsonSchema))
    } else if (keyword === 'required' && Array.isArray(value) && value.length === 0) return
    else if (keyword === 'const' && isNested) return
    else if (keyword !== '$schema') into[keyword] = value
  }

  /** The colors that something refers to, in the order of their names. */
  components(): Record<string, Published> {
    return Object.fromEntries(
      [...this.#used].sort().map((name) => {
        const definition = this.#colors.get(name)!
        const { description } = definition
        const { $schema: _, ...type } = maskType(definition.schema, definition.sensitivity)
        return [name, { ...type, ...(description !== undefined && { description }) }]
      }),
    )
  }
}

/** A constant says nothing beside the whole of its type, or a list of values that has it. */
function isCovered(choice: JsonSchema, all: readonly JsonSchema[]): boolean {
  if (!('const' in choice)) return false
  return all.some(
    (other) =>
      other !== choice &&
      other.type === choice.type &&
      (other.enum ? other.enum.includes(choice.const) : isBare(other)),
  )
}

function isBare(schema: JsonSchema): boolean {
  return Object.keys(schema).every((keyword) => ['type', 'description', 'examples', 'format'].includes(keyword))
}
