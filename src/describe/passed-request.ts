import type { PassthroughRoute } from '../plan/snapshot.ts'

/** What becomes of a request that is passed through, in words: what of it stays here, and what is said in its place. */
export function describePassed({ passes, service }: Pick<PassthroughRoute, 'passes' | 'service'>): string[] {
  const { path, withheld, cookies, sets, keepsHost } = passes
  const stay = [...withheld].filter((name) => !sets.includes(name))
  const words = stay.length > 0 ? [`without ${stay.join(', ')}`] : []
  if (cookies)
    words.push('only' in cookies ? `of its cookies ${cookies.only.join(', ')}` : `no cookie ${cookies.but.join(', ')}`)
  if (path) words.push(`asks for ${path.template}`)
  if (sets.length > 0) words.push(`sets ${sets.join(', ')}`)
  words.push(keepsHost ? `the client’s Host` : `the Host of ${service.name}`)
  return words
}
