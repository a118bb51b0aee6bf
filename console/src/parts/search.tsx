import { useEffect, useMemo, useRef, useState } from 'react'
import type { Overview } from '../../../src/server/admin/console/overview.ts'
import { useAnswer } from '../api.ts'
import { printTime } from '../figures.ts'
import { go, hrefOf } from '../location.ts'
import { useRunsById } from '../runs/find-runs.ts'

interface Hit {
  readonly kind: string
  readonly name: string
  readonly detail: string
  readonly href: string
}

/** Calls back for Ctrl-K, and for / where nobody types. */
export function useSearchKey(open: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const types = event.target instanceof HTMLElement && event.target.matches('input, textarea, select')
      const isAsked = (event.key === 'k' && (event.ctrlKey || event.metaKey)) || (event.key === '/' && !types)
      if (!isAsked) return
      event.preventDefault()
      open()
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  })
}

/** Finds routes, services and colors by a piece of their names, and a run by any of its ids. */
export function Search({ close }: { readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const hits = useHits(text)
  useEffect(() => dialog.current?.showModal(), [])
  const take = (hit: Hit | undefined) => {
    if (!hit) return
    go(hit.href)
    close()
  }
  return (
    <dialog ref={dialog} className="search" aria-label="Search" onClose={close}>
      <input
        type="search"
        role="combobox"
        aria-label="Routes, services, colors, runs by id"
        aria-expanded="true"
        aria-controls="hits"
        aria-activedescendant={hits[at] ? `hit-${at}` : undefined}
        placeholder="Routes, services, colors, runs by id"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setAt(Math.min(at + 1, hits.length - 1))
          else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0))
          else if (event.key === 'Enter') take(hits[at])
          else return
          event.preventDefault()
        }}
      />
      <div id="hits" role="listbox" aria-label="Found" className="hits">
        {hits.map((hit, index) => (
          <div
            key={hit.href}
            id={`hit-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onMouseMove={() => setAt(index)}
            onClick={() => take(hit)}
            onKeyDown={(event) => event.key === 'Enter' && take(hit)}
          >
            <span className="kind">{hit.kind}</span>
            <span className="name">{hit.name}</span>
            <span className="detail">{hit.detail}</span>
          </div>
        ))}
        {hits.length === 0 && <p className="nothing">Nothing is called so.</p>}
      </div>
    </dialog>
  )
}

const mostHits = 30

function useHits(text: string): readonly Hit[] {
  const { data: overview } = useAnswer<Overview>('/-/overview')
  const { data: dictionary } = useAnswer<{ colors: { name: string; description?: string }[] }>('/-/colors')
  const all = useMemo(
    (): Hit[] => [
      ...(overview?.routes ?? []).map(({ name, match, summary = '' }) => ({
        kind: 'route',
        name,
        detail: `${match}  ${summary}`,
        href: hrefOf(['routes', name]),
      })),
      ...(overview?.services ?? []).map(({ name }) => ({
        kind: 'service',
        name,
        detail: '',
        href: hrefOf(['services'], { service: name }),
      })),
      ...(dictionary?.colors ?? []).map(({ name, description = '' }) => ({
        kind: 'color',
        name,
        detail: description,
        href: hrefOf(['dictionary', name]),
      })),
    ],
    [overview, dictionary],
  )
  const runs = useRunsById(text)
  return useMemo(() => {
    const recorded = runs.map(({ id, method, path, status, at }) => ({
      kind: 'run',
      name: `${method} ${path}`,
      detail: `${status}, ${printTime(at)}`,
      href: hrefOf(['runs', id]),
    }))
    const words = text.toLowerCase().split(/\s+/).filter(Boolean)
    const fits = ({ kind, name, detail }: Hit) => {
      const whole = `${kind} ${name} ${detail}`.toLowerCase()
      return words.every((word) => whole.includes(word))
    }
    return [...recorded, ...all.filter(fits)].slice(0, mostHits)
  }, [all, text, runs])
}
