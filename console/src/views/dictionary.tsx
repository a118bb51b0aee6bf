import { useState } from 'react'
import type { ColorExplanation, Mention } from '../../../src/describe/explain/color.ts'
import { useAnswer } from '../api.ts'
import { hrefOf } from '../location.ts'
import { Link } from '../parts/link.tsx'
import { State } from '../parts/state.tsx'
import type { ViewProps } from './index.ts'

interface Colors {
  readonly colors: readonly { readonly name: string; readonly description?: string; readonly sensitivity: string }[]
}

/** The data dictionary: who gives a color, who takes it, and who sees what is sensitive. */
export function Dictionary({ path: [, name] }: ViewProps) {
  const [text, setText] = useState('')
  const colors = useAnswer<Colors>('/-/colors')
  return (
    <div className="split even">
      <section aria-labelledby="colors">
        <h1 id="colors">Dictionary</h1>
        <input
          type="search"
          className="filter"
          aria-label="Colors whose names or descriptions have"
          placeholder="Filter"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <State of={colors}>
          {(answer) => (
            <ul className="list">
              {answer.colors
                .filter((color) =>
                  `${color.name} ${color.description ?? ''}`.toLowerCase().includes(text.toLowerCase()),
                )
                .map((color) => (
                  <li key={color.name}>
                    <Link to={hrefOf(['dictionary', color.name])} className="color-name" current={color.name === name}>
                      {color.name}
                    </Link>
                    {color.sensitivity !== 'public' && <span className="tag">{color.sensitivity}</span>}
                    {color.description && <p>{color.description}</p>}
                  </li>
                ))}
            </ul>
          )}
        </State>
      </section>
      {name !== undefined && <OneColor key={name} name={name} />}
    </div>
  )
}

function OneColor({ name }: { readonly name: string }) {
  const color = useAnswer<ColorExplanation>(`/-/colors/${encodeURIComponent(name)}`)
  return (
    <aside className="side" aria-label={name}>
      <State of={color}>
        {({ description, sensitivity, schema, at, producers, readers, seenBy }) => (
          <>
            <h2>
              <span className="color-name">{name}</span>{' '}
              {sensitivity !== 'public' && <span className="tag">{sensitivity}</span>}
            </h2>
            {description && <p>{description}</p>}
            <dl className="pairs">
              <dt>Type</dt>
              <dd>
                <code>{JSON.stringify(schema)}</code>
              </dd>
              <dt>Written in</dt>
              <dd>
                <code>{at}</code>
              </dd>
            </dl>
            <Mentions title="Who gives it" mentions={producers} />
            <Mentions title="Who takes it" mentions={readers} />
            {seenBy && (
              <>
                <h3>Who sees it</h3>
                <ul className="list">
                  {seenBy.services.map(({ service, operation, to, routes }) => (
                    <li key={`${service} ${operation} ${to}`}>
                      {service}.{operation} in {to} <span className="dim">({routes.join(', ')})</span>
                    </li>
                  ))}
                  {seenBy.responses.map(({ name: route, detail, at: place }) => (
                    <li key={`${route} ${place}`}>
                      clients of {route}: {detail}
                    </li>
                  ))}
                </ul>
              </>
            )}
          </>
        )}
      </State>
    </aside>
  )
}

function Mentions({ title, mentions }: { readonly title: string; readonly mentions: readonly Mention[] }) {
  return (
    <>
      <h3>{title}</h3>
      {mentions.length === 0 && <p className="dim">nobody</p>}
      <ul className="list">
        {mentions.map(({ kind, name, detail, at }) => (
          <li key={`${kind} ${name} ${detail} ${at}`}>
            <span className="kind">{kind}</span>{' '}
            {kind === 'operation' ? name : <Link to={hrefOf(['routes', name])}>{name}</Link>} {detail}{' '}
            <code className="dim">{at}</code>
          </li>
        ))}
      </ul>
    </>
  )
}
