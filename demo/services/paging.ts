/** One page of a list, and what an app needs to ask for the next. */
export interface Page<T> {
  items: T[]
  page: number
  size: number
  total: number
  pages: number
  has_more: boolean
}

/** Cuts the page that `?page=&size=` asks for (the first 20 by default; at most 50 a page). Undefined when they are not whole numbers in range. */
export function paginate<T>(list: readonly T[], query: URLSearchParams): Page<T> | undefined {
  const page = readCount(query, 'page', 1, 10_000)
  const size = readCount(query, 'size', 20, 50)
  if (page === undefined || size === undefined) return undefined
  const items = list.slice((page - 1) * size, page * size)
  const pages = Math.ceil(list.length / size)
  return { items, page, size, total: list.length, pages, has_more: page < pages }
}

/** A whole number from 1 to `most` in the query; undefined when it is something else. */
export function readCount(query: URLSearchParams, name: string, fallback: number, most: number): number | undefined {
  const text = query.get(name)
  if (text === null) return fallback
  const count = Number(text)
  return Number.isInteger(count) && count >= 1 && count <= most ? count : undefined
}

/** The ids of `?ids=a,b`, `?ids=a&ids=b`, or both. */
export function readIds(query: URLSearchParams): string[] {
  return query
    .getAll('ids')
    .flatMap((part) => part.split(','))
    .filter((id) => id !== '')
}
