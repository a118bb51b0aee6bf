import { useState } from 'react'
import { hrefOf, usePlace } from './location.ts'
import { Link } from './parts/link.tsx'
import { Search, useSearchKey } from './parts/search.tsx'
import { ThemeSwitch } from './parts/theme-switch.tsx'
import { viewOf, views } from './views/index.ts'

/** The page around every view: where one can go, and a search. */
export function App() {
  const { path } = usePlace()
  const [searches, setSearches] = useState(false)
  useSearchKey(() => setSearches(true))
  const view = viewOf(path)
  return (
    <>
      <a className="skip" href="#view">
        Skip to the view
      </a>
      <header className="bar">
        <Link to={hrefOf([])} className="brand">
          <img src="/console/icon.svg" alt="" width="20" height="20" />
          <span>Tessera</span>
        </Link>
        <nav aria-label="Views">
          {views.map(({ title, path: [first] }) => (
            <Link key={title} to={hrefOf(first ? [first] : [])} current={view.title === title}>
              {title}
            </Link>
          ))}
        </nav>
        <button type="button" className="open-search" onClick={() => setSearches(true)} aria-keyshortcuts="Control+K">
          <span>Search</span>
          <kbd>Ctrl K</kbd>
        </button>
        <ThemeSwitch />
      </header>
      <main id="view" tabIndex={-1}>
        <view.Show path={path} />
      </main>
      {searches && <Search close={() => setSearches(false)} />}
    </>
  )
}
