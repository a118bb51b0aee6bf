const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const month = `(?<month>${months.join('|')})`
const time = '(?<time>\\d\\d:\\d\\d:\\d\\d)'

/** The three forms that a recipient takes (RFC 9110 section 5.6.7). */
const forms = [
  `${day}, (?<date>\\d\\d) ${month} (?<year>\\d{4}) ${time} GMT`,
  `(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<date>\\d\\d)-${month}-(?<year>\\d\\d) ${time} GMT`,
  `${day} ${month} (?<date>[ \\d]\\d) ${time} (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`))

/** Milliseconds since the Unix epoch; undefined for what is no date as HTTP has it, however near it comes to one. */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  for (const form of forms) {
    const { date, month, year, time } = form.exec(text)?.groups ?? {}
    if (time === undefined) continue
    const whole = year!.length === 2 ? fullYear(Number(year), nowMs) : Number(year)
    const index = months.indexOf(month!)
    const [hours, minutes, seconds] = time.split(':').map(Number) as [number, number, number]
    // A leap second is 60.
    if (hours > 23 || minutes > 59 || seconds > 60) return undefined
    const at = Date.UTC(whole, index, Number(date), hours, minutes, seconds)
    return new Date(Date.UTC(whole, index, Number(date))).getUTCDate() === Number(date) ? at : undefined
  }
  return undefined
}

/** Two digits that would be over 50 years ahead are of the century before. */
function fullYear(year: number, nowMs: number): number {
  const thisYear = new Date(nowMs).getUTCFullYear()
  const near = thisYear - (thisYear % 100) + year
  return near > thisYear + 50 ? near - 100 : near
}
