/**
 * A place of a document, or many of them, with all that lies below: names and indexes from the root, null for any child.
 * What is not known of a path is left out at its end, which makes the area wider: it never leaves out what may be read.
 */
export type Area = readonly (string | number | null)[]

/** Whether two areas may have a value in common: one lies in the other, or nothing shows that they are apart. */
export function overlap(one: Area, other: Area): boolean {
  const shared = Math.min(one.length, other.length)
  for (let depth = 0; depth < shared; depth += 1) if (!meet(one[depth]!, other[depth]!)) return false
  return true
}

/** Names select members and indexes elements (RFC 9535); an index from the end may be any from the start. */
function meet(one: Area[number], other: Area[number]): boolean {
  if (one === null || other === null || one === other) return true
  return typeof one === 'number' && typeof other === 'number' && one < 0 !== other < 0
}

/** Where in a value that was taken from `taken` the area lies; empty when it is all of the value, undefined when apart. */
export function within(area: Area, taken: Area): Area | undefined {
  return overlap(area, taken) ? area.slice(taken.length) : undefined
}

/** Whether everything in `inner` is in `outer` too. */
export function covers(outer: Area, inner: Area): boolean {
  return outer.length <= inner.length && outer.every((step, depth) => step === null || Object.is(step, inner[depth]))
}

/** The area of a list as seen from one of its elements. */
export function insideElement(area: Area): Area {
  return area.slice(1)
}
