import { isNumber } from '../../numbers.ts'
import { type Field, loadProtobuf, type Type } from './library.ts'
import { anyMessage, anyValue, wellKnown } from './well-known.ts'

/** A value that does not fit a message: where, and what was due. It quotes nothing. */
export class Misfit extends Error {}

const longs: ReadonlySet<string> = new Set(['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64'])
const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  ...Object.fromEntries(['int32', 'sint32', 'sfixed32'].map((name) => [name, [-(2n ** 31n), 2n ** 31n - 1n] as const])),
  ...Object.fromEntries(['uint32', 'fixed32'].map((name) => [name, [0n, 2n ** 32n - 1n] as const])),
  ...Object.fromEntries(['int64', 'sint64', 'sfixed64'].map((name) => [name, [-(2n ** 63n), 2n ** 63n - 1n] as const])),
  ...Object.fromEntries(['uint64', 'fixed64'].map((name) => [name, [0n, 2n ** 64n - 1n] as const])),
}

/** The name of a field in JSON. */
export const jsonNameOf = ({ name, options }: Field): string => (options?.['json_name'] as string | undefined) ?? name

/** The field that a name of JSON means: its own, or as the definition writes it. */
export function fieldOf({ fieldsArray }: Type, name: string): Field | undefined {
  const { util } = loadProtobuf()
  return (
    fieldsArray.find((field) => jsonNameOf(field) === name) ??
    fieldsArray.find((field) => field.name === util.camelCase(name))
  )
}

type Plain = Record<string, unknown>

/** A message that was decoded, as JSON has it, but that whole numbers of 64 bits are numbers and not texts. */
export function toJson(message: Plain, type: Type): unknown {
  const form = wellKnown.get(type.fullName)
  if (form) return form.toJson(message, (name) => valueToJson(message[name], type.fields[name]!))
  if (type.fullName === anyMessage) return anyToJson(message, type)
  const json: Plain = {}
  for (const field of type.fieldsArray) {
    const isThere = Object.hasOwn(message, field.name) && message[field.name] !== null
    // What has no presence is there with its default.
    if (
      !isThere &&
      (field.partOf || field.resolvedType instanceof loadProtobuf().Type) &&
      !field.repeated &&
      !field.map
    )
      continue
    json[jsonNameOf(field)] = valueToJson(message[field.name], field)
  }
  return json
}

/** A message in an `Any`: its members beside `@type`, or its form of its own as `value`. */
function anyToJson(message: Plain, type: Type): unknown {
  const url = String(message[type.fieldsById[1]!.name] ?? '')
  if (url === '') return {}
  const inside = typeNamed(url, type)
  if (!inside) throw new Misfit('it holds a message of a type that the definition does not have')
  const json = toJson(
    inside.decode((message['value'] as Uint8Array | undefined) ?? Buffer.alloc(0)) as unknown as Plain,
    inside,
  )
  return hasFormOfItsOwn(inside) ? { '@type': url, value: json } : { '@type': url, ...(json as Plain) }
}

function anyFromJson(json: unknown, type: Type, at: string): Plain {
  const { '@type': url, ...members } = (typeof json === 'object' && json !== null ? json : {}) as Plain
  if (url === undefined && Object.keys(members).length === 0) return {}
  const inside = typeof url === 'string' ? typeNamed(url, type) : undefined
  if (!inside) throw new Misfit(`${at} has no \`@type\` that the definition knows`)
  const message = inside.fromObject(fromJson(hasFormOfItsOwn(inside) ? members['value'] : members, inside, at))
  return { [type.fieldsById[1]!.name]: url, value: inside.encode(message).finish() }
}

/** The type that a URL names, among those of the same definition. */
function typeNamed(url: string, { root }: Type): Type | undefined {
  const { Type } = loadProtobuf()
  const found = root.lookup(url.slice(url.lastIndexOf('/') + 1))
  return found instanceof Type ? found : undefined
}

/** Whether JSON writes it in a form of its own, not by its members. */
export const hasFormOfItsOwn = ({ fullName }: Type) => wellKnown.has(fullName) || fullName === anyMessage

function valueToJson(value: unknown, field: Field): unknown {
  if (field.map) {
    const entries = Object.entries((value as Plain | undefined) ?? {}).map(([key, one]) => [
      key,
      fieldToJson(one, field),
    ])
    return Object.fromEntries(entries)
  }
  if (field.repeated) return ((value as unknown[] | undefined) ?? []).map((one) => fieldToJson(one, field))
  return fieldToJson(value ?? typeDefault(field), field)
}

function typeDefault(field: Field): unknown {
  if (field.type === 'bytes') return Buffer.alloc(0)
  return field.typeDefault ?? field.defaultValue
}

function fieldToJson(value: unknown, { type, resolvedType }: Field): unknown {
  const { Enum, Type } = loadProtobuf()
  if (resolvedType instanceof Type) return toJson(value as Plain, resolvedType)
  if (resolvedType instanceof Enum) return resolvedType.valuesById[Number(value)] ?? value
  if (longs.has(type)) {
    const whole = BigInt(String(value))
    return whole >= BigInt(Number.MIN_SAFE_INTEGER) && whole <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(whole) : whole
  }
  if (type === 'bytes') return Buffer.from(value as Uint8Array).toString('base64')
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}

/** A value as protobuf's library wants it. @throws Misfit */
export function fromJson(value: unknown, type: Type, at: string): Plain {
  if (type.fullName === anyMessage) return anyFromJson(value, type, at)
  const form = wellKnown.get(type.fullName)
  const plain = form ? form.fromJson(value) : value
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain))
    throw new Misfit(`${at} is no ${form ? type.name : 'object'}`)
  const message: Plain = {}
  for (const [name, member] of Object.entries(plain)) {
    const field = fieldOf(type, name)
    if (!field) throw new Misfit(`${at} has a member that ${type.name} does not know`)
    if (member === undefined || (member === null && field.resolvedType?.fullName !== anyValue)) continue
    if (
      field.partOf &&
      !field.partOf.isProto3Optional &&
      field.partOf.fieldsArray.some((other) => Object.hasOwn(message, other.name))
    )
      throw new Misfit(`${at} has two members of ${field.partOf.name}, which is one of them`)
    message[field.name] = valueFromJson(member, field, at === 'it' ? jsonNameOf(field) : `${at}.${jsonNameOf(field)}`)
  }
  return message
}

function valueFromJson(value: unknown, field: Field, at: string): unknown {
  if (field.map) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Misfit(`${at} is no object`)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fieldFromJson(one, field, `${at}.*`)]))
  }
  if (!field.repeated) return fieldFromJson(value, field, at)
  if (!Array.isArray(value)) throw new Misfit(`${at} is no list`)
  return value.map((one, index) => fieldFromJson(one, field, `${at}[${index}]`))
}

function fieldFromJson(value: unknown, { type, resolvedType }: Field, at: string): unknown {
  const { Enum, Type } = loadProtobuf()
  const fail = (wanted: string): never => {
    throw new Misfit(`${at} is no ${wanted}`)
  }
  if (resolvedType instanceof Type) return fromJson(value, resolvedType, at)
  if (resolvedType instanceof Enum) {
    if (typeof value === 'number' && Number.isInteger(value)) return value
    return typeof value === 'string' && Object.hasOwn(resolvedType.values, value)
      ? resolvedType.values[value]
      : fail(resolvedType.name)
  }
  const range = ranges[type]
  if (range) {
    const text = isNumber(value) || typeof value === 'string' ? String(value).replace(/\.0+$/, '') : ''
    if (!/^-?\d{1,20}$/.test(text)) return fail('whole number')
    const whole = BigInt(text)
    if (whole < range[0] || whole > range[1]) return fail(type)
    return longs.has(type) ? text : Number(whole)
  }
  if (type === 'bool') return typeof value === 'boolean' ? value : fail('boolean')
  if (type === 'string') return typeof value === 'string' ? value : fail('text')
  if (type === 'bytes')
    return typeof value === 'string' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value)
      ? Buffer.from(value, 'base64')
      : fail('text of base64')
  if (isNumber(value)) return Number(value)
  return typeof value === 'string' && /^(NaN|-?Infinity)$/.test(value) ? Number(value) : fail('number')
}
