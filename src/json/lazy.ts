/** Asks a value for the slice it stands for. */
export const sliceKey: unique symbol = Symbol('slice')

/** What a value is made of; itself where that is a slice. */
export interface Source {
  parse(): unknown
  readonly [sliceKey]?: object
}

/** A list or object that is made when somebody looks into it: to whoever reads it, a value like any other. */
export function makeLazy(isList: boolean, source: Source): object {
  return new Proxy(isList ? [] : {}, new Maker(source))
}

class Maker implements ProxyHandler<object> {
  readonly #source: Source
  #isMade = false

  constructor(source: Source) {
    this.#source = source
  }

  get(target: object, key: PropertyKey): unknown {
    return key === sliceKey ? this.#source[sliceKey] : Reflect.get(this.#made(target), key)
  }

  has(target: object, key: PropertyKey): boolean {
    return Reflect.has(this.#made(target), key)
  }

  ownKeys(target: object): (string | symbol)[] {
    return Reflect.ownKeys(this.#made(target))
  }

  getOwnPropertyDescriptor(target: object, key: PropertyKey): PropertyDescriptor | undefined {
    return Reflect.getOwnPropertyDescriptor(this.#made(target), key)
  }

  #made(target: object): object {
    if (this.#isMade) return target
    this.#isMade = true
    const value = this.#source.parse() as Record<string, unknown>
    // Not assigned: a member may be called `__proto__`.
    for (const name of Object.keys(value))
      Reflect.defineProperty(target, name, { value: value[name], writable: true, enumerable: true, configurable: true })
    return target
  }
}
