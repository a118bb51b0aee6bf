/** Asks a value for the slice it stands for. */
export const sliceKey: unique symbol = Symbol('slice')

/** A list or object that is made when somebody looks into it: to whoever reads it, a value like any other. */
export function makeLazy(isList: boolean, make: () => unknown, slice?: object): object {
  return new Proxy(isList ? [] : {}, new Maker(make, slice))
}

class Maker implements ProxyHandler<object> {
  readonly #make: () => unknown
  readonly #slice: object | undefined
  #isMade = false

  constructor(make: () => unknown, slice: object | undefined) {
    this.#make = make
    this.#slice = slice
  }

  get(target: object, key: PropertyKey): unknown {
    return key === sliceKey ? this.#slice : Reflect.get(this.#made(target), key)
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
    const value = this.#make() as Record<string, unknown>
    // Not assigned: a member may be called `__proto__`.
    for (const name of Object.keys(value))
      Reflect.defineProperty(target, name, { value: value[name], writable: true, enumerable: true, configurable: true })
    return target
  }
}
