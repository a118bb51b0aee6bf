import { useState } from 'react'
import { isToken, isUnshown } from '../runs/curl.ts'
import { type Path, printPath } from '../runs/members.ts'

/** What a tree does with places in it. */
export interface Choosing {
  readonly chosen: string | undefined
  readonly choose: (member: string) => void
  /** `lit` belongs to what is chosen, `leads` has something in it that does, `later` is not there yet. */
  readonly toneOf: (path: Path) => 'lit' | 'leads' | 'later' | ''
}

interface JsonTreeProps {
  readonly value: unknown
  readonly choosing?: Choosing
  readonly path?: Path
  /** So many levels are open. */
  readonly open?: number
}

const mostShown = 20
const none: Path = []

/** A recorded value. What is not kept is told as such; everything is text. */
export function JsonTree({ value, choosing, path = none, open = 2 }: JsonTreeProps) {
  const [asked, setOpen] = useState<boolean>()
  const [most, setMost] = useState(mostShown)
  if (typeof value !== 'object' || value === null || isUnshown(value)) return <Leaf value={value} />
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  const isOpen = asked ?? (open > 0 || choosing?.toneOf(path) === 'leads')
  const [from, to] = Array.isArray(value) ? '[]' : '{}'
  if (entries.length === 0) return <code>{`${from}${to}`}</code>
  return (
    <>
      <button type="button" className="fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {from}
        {isOpen ? '' : ` ${entries.length} ${to}`}
      </button>
      {isOpen && (
        <ul className="members">
          {entries.slice(0, most).map(([name, member]) => {
            const place = [...path, name]
            return (
              <li key={name}>
                <Name name={name} path={place} choosing={choosing} />{' '}
                <JsonTree value={member} path={place} open={open - 1} {...(choosing && { choosing })} />
              </li>
            )
          })}
          {entries.length > most && (
            <li>
              <button type="button" className="fold" onClick={() => setMost(most + 100)}>
                {entries.length - most} more
              </button>
            </li>
          )}
        </ul>
      )}
    </>
  )
}

interface NameProps {
  readonly name: string | number
  readonly path: Path
  readonly choosing: Choosing | undefined
}

function Name({ name, path, choosing }: NameProps) {
  if (!choosing) return <code className="member">{name}:</code>
  const member = printPath(path)
  const isChosen = member === choosing.chosen
  return (
    <button
      type="button"
      className={`member ${choosing.toneOf(path)}`}
      aria-pressed={isChosen}
      title={member}
      onClick={() => choosing.choose(member)}
    >
      {name}:
    </button>
  )
}

function Leaf({ value }: { readonly value: unknown }) {
  if (isUnshown(value))
    return (
      <span className="masked">
        not kept: {value.unshown}, {value.bytes} bytes
      </span>
    )
  if (isToken(value))
    return (
      <span className="masked" title="A personal value: equal ones have equal tokens.">
        {String(value)}
      </span>
    )
  return <code className={`json ${typeof value}`}>{JSON.stringify(value) ?? 'nothing'}</code>
}
