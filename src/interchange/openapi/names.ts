import { toSegment } from '../names.ts'

/** Proposes a color for a parameter: `petId` is `pet.id`, `id` in `/pets/{id}` too, `limit` of `/pets` is `pet.limit`. */
export function nameParameter(name: string, place: string, path: string): string {
  if (place === 'header' || place === 'cookie') return `${place}.${toSegment(name)}`
  const owner = /^(.*[A-Za-z0-9])(?:[_-]id|I[dD])$/.exec(name)?.[1]
  if (owner !== undefined) return `${toSegment(owner)}.id`
  return `${resourceOf(path, place === 'path' ? name : undefined)}.${toSegment(name)}`
}

/** What a path is about: `/v1/pets/{id}/toys` about pets; with a parameter, what stands before it. */
export function resourceOf(path: string, parameter?: string): string {
  const segments = path.split('/').filter((segment) => segment !== '')
  const end = parameter === undefined ? segments.length : segments.indexOf(`{${parameter}}`)
  const before = segments.slice(0, Math.max(end, 0)).filter((segment) => isWord(segment))
  const noun = parameter === undefined ? before[0] : before.at(-1)
  return toSegment(singular(noun ?? ''), 'api')
}

function isWord(segment: string): boolean {
  return /[A-Za-z]/.test(segment) && !segment.includes('{') && !/^(v\d+|api)$/i.test(segment)
}

function singular(noun: string): string {
  if (/ies$/.test(noun)) return noun.replace(/ies$/, 'y')
  if (/(ss|sh|ch|x)es$/.test(noun)) return noun.replace(/es$/, '')
  return /[^su]s$/.test(noun) ? noun.slice(0, -1) : noun
}
