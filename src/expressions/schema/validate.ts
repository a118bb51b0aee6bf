import type { Fault } from '../../diagnostics/collector.ts'
import { AjvCompilers, faultOf } from './ajv.ts'
import type { JsonSchema, Schema } from './json-schema.ts'
import { compilePlain } from './plain.ts'

type Compiled = Schema | Fault

/** Ajv keeps something of every schema it ever saw, removed or not: after so many, new compilers take over. */
const maxCompiled = 2000
let ajv = new AjvCompilers()
/** By their text: a reload brings nearly all of them again, and compiling them is most of its work. */
const compiled = new Map<string, Compiled>()

/** Compiles a schema: by draft-07 when its `$schema` says so, else by 2020-12. Formats are notes, not checked. */
export function compileSchema(schema: JsonSchema): Schema | Fault {
  if (compiled.size >= maxCompiled) {
    compiled.clear()
    ajv = new AjvCompilers()
  }
  const text = JSON.stringify(schema)
  const known = compiled.get(text)
  if (known) return known
  const made = compile(schema)
  compiled.set(text, made)
  return made
}

/** What the plain check does not accept is Ajv's to judge, and to put in words. */
function compile(schema: JsonSchema): Compiled {
  const compilers = ajv
  const accepts = compilePlain(schema)
  if (accepts) {
    let judge: Schema | undefined
    return {
      validate(value) {
        if (accepts(value)) return []
        judge ??= compilers.compile(schema)
        return judge.validate(value)
      },
    }
  }
  try {
    return compilers.compile(schema)
  } catch (error) {
    return faultOf(error as Error)
  }
}
