/**
 * One number of each backend's answer that every server brings to the page unchanged. What a backend writes there (how
 * long it held the request, which version it was asked for) is read off the page, whoever made it.
 */
export const marks = {
  users: { inBody: ['data', 'user', 'points', 'balance'], inPage: ['user', 'points'] },
  content: { inBody: ['data', 'banners', 0, 'slot'], inPage: ['banners', 0, 'slot'] },
  reco: { inBody: ['items', 0, 'rating', 'count'], inPage: ['products', 0, 'ratings'] },
  pricing: { inBody: ['promotions', 0, 'rule', 'threshold_cents'], inPage: ['promotions', 0, 'threshold'] },
  brands: { inBody: ['brands', 0, 'followers'], inPage: ['brands', 0, 'followers'] },
} as const

export type MarkedService = keyof typeof marks

export const markedServices = Object.keys(marks) as MarkedService[]

type Place = readonly (string | number)[]

/** The numbers of all backends in a page. @throws Error for a page that lacks one: it is not what was asked for */
export function readMarks(page: unknown): number[] {
  return markedServices.map((service) => {
    const value = readAt(page, marks[service].inPage)
    if (typeof value !== 'number') throw new Error(`the page lacks what ${service} gives`)
    return value
  })
}

/** Renders a body to text around the place of its number: before and after. */
export function splitAtMark(body: unknown, place: Place): [before: string, after: string] {
  const placeholder = '\u0000number\u0000'
  const marked = structuredClone(body)
  const parent = readAt(marked, place.slice(0, -1)) as Record<string | number, unknown>
  if (typeof parent?.[place.at(-1)!] !== 'number') throw new Error(`no number stands at ${place.join('.')}`)
  parent[place.at(-1)!] = placeholder
  const [before, after] = JSON.stringify(marked).split(JSON.stringify(placeholder))
  return [before!, after!]
}

export function readAt(value: unknown, place: Place): unknown {
  return place.reduce((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value)
}
