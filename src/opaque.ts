/** A value that is passed on as it is, and not looked into: it is no object, whatever is said of it by name. */
export abstract class Opaque {
  abstract toJSON(): never
}
