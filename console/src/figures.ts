const digits = (value: number) => (value >= 100 ? 0 : value >= 10 ? 1 : 2)

const trim = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)

export function printRate(perSecond: number): string {
  if (perSecond === 0) return '0/s'
  if (perSecond < 0.01) return '<0.01/s'
  return `${trim(perSecond.toFixed(digits(perSecond)))}/s`
}

export function printMs(ms: number | null | undefined): string {
  if (ms === undefined || ms === null) return '–'
  if (ms >= 10_000) return `${trim((ms / 1000).toFixed(1))} s`
  if (ms >= 1000) return `${trim((ms / 1000).toFixed(2))} s`
  return `${trim(ms.toFixed(digits(ms)))} ms`
}

export function printShare(share: number): string {
  if (share === 0) return '0 %'
  if (share < 0.001) return '<0.1 %'
  return `${trim((share * 100).toFixed(share < 0.1 ? 1 : 0))} %`
}

export function printCount(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`
}

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })

/** A moment, by its day too where that is another one. */
export function printTime(at: number): string {
  const date = new Date(at)
  const isToday = date.toDateString() === new Date().toDateString()
  return isToday ? time.format(date) : `${day.format(date)} ${time.format(date)}`
}
