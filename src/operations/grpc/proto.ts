import { loadProtobuf, type Method, type Root } from './library.ts'

/** A file of definitions; its name is what others import it by. */
export interface ProtoFile {
  readonly name: string
  readonly text: string
}

/**
 * Reads definitions, the first of which is the service's own.
 * @throws Error that says what is wrong, and in which file
 */
export function parseProto(files: readonly ProtoFile[]): Root {
  const { parse, Root, common } = loadProtobuf()
  const root = new Root()
  const seen = new Set<string>()
  const read = (name: string, from: string | undefined) => {
    if (seen.has(name)) return
    seen.add(name)
    const known = common.get(name)
    const file = files.find((one) => one.name === name)
    if (!file) {
      if (!known) throw new Error(`${from} imports ${name}, which is not there`)
      if (known.nested) root.addJSON(known.nested)
      return
    }
    let parsed: ReturnType<typeof parse>
    try {
      parsed = parse(file.text, root, { keepCase: false })
    } catch (thrown) {
      throw new Error(`${name}: ${(thrown as Error).message}`)
    }
    for (const imported of parsed.imports ?? []) read(imported, name)
  }
  if (files[0]) read(files[0].name, undefined)
  try {
    root.resolveAll()
  } catch (thrown) {
    throw new Error((thrown as Error).message)
  }
  return root
}

/** The names of the files that one imports, but for those that everybody has. */
export function importsOf(text: string): string[] {
  const found = text.matchAll(/^\s*import\s+(?:public\s+|weak\s+)?"([^"]+)"\s*;/gm)
  return [...found].map(([, name = '']) => name).filter((name) => !name.startsWith('google/protobuf/'))
}

/** All methods, by how they are called: `stock.v1.Stock/Reserve`. */
export function methodsOf(root: Root): ReadonlyMap<string, Method> {
  const { Service, Namespace } = loadProtobuf()
  const methods = new Map<string, Method>()
  const walk = (space: InstanceType<typeof Namespace>) => {
    for (const one of space.nestedArray) {
      if (one instanceof Service)
        for (const method of one.methodsArray) methods.set(`${one.fullName.slice(1)}/${method.name}`, method)
      else if (one instanceof Namespace) walk(one)
    }
  }
  walk(root)
  return methods
}
