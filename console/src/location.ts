import { useSyncExternalStore } from 'react'

/** Where somebody is: a view by its path below /console, and what is chosen in it. All of it stands in the URL. */
export interface Place {
  readonly path: readonly string[]
  readonly chosen: URLSearchParams
}

const base = '/console'
const listeners = new Set<() => void>()

let shown = ''
let place: Place = read()

function read(): Place {
  const { pathname, search } = window.location
  shown = pathname + search
  const path = pathname.slice(base.length).split('/').filter(Boolean).map(decodeURIComponent)
  return { path, chosen: new URLSearchParams(search) }
}

function current(): Place {
  if (shown !== window.location.pathname + window.location.search) place = read()
  return place
}

function tell(): void {
  for (const listener of listeners) listener()
}

window.addEventListener('popstate', tell)

export function usePlace(): Place {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, current)
}

export function hrefOf(path: readonly string[], chosen: Readonly<Record<string, string | undefined>> = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(chosen)) if (value !== undefined) query.set(name, value)
  const search = query.toString()
  return `${[base, ...path.map(encodeURIComponent)].join('/')}${search ? `?${search}` : ''}`
}

export function go(href: string): void {
  window.history.pushState(undefined, '', href)
  tell()
}

/** Chooses something in the view that is shown; undefined: nothing any more. */
export function choose(name: string, value: string | undefined): void {
  chooseAll({ [name]: value })
}

/** The same for several at once. */
export function chooseAll(values: Readonly<Record<string, string | undefined>>): void {
  const { path, chosen } = current()
  window.history.replaceState(undefined, '', hrefOf(path, { ...Object.fromEntries(chosen), ...values }))
  tell()
}
