import { instant } from '../../work.ts'
import { Duration, durationParts, type Timestamp, timestampOfMs, timestampParts } from '../time.ts'
import { refusePattern, writeTime } from '../time-format.ts'
import { inZone, refuseZone } from '../zone.ts'
import { type About, global, int, type Library, method, string, text, timestamp } from './define.ts'

const parts: Readonly<Record<string, About>> = {
  getFullYear: about('The year.', 'getFullYear()', '2026'),
  getMonth: about('The month, 0 to 11.', 'getMonth()', '2'),
  getDate: about('The day of the month, 1 to 31.', 'getDate()', '1'),
  getDayOfMonth: about('The day of the month, 0 to 30.', 'getDayOfMonth()', '0'),
  getDayOfWeek: about('The day of the week, from 0 for Sunday.', 'getDayOfWeek()', '0'),
  getDayOfYear: about('The day of the year, 0 to 365.', 'getDayOfYear()', '59'),
  getHours: about('The hour, 0 to 23; of a duration all of it in hours.', "getHours('Asia/Shanghai')", '18'),
  getMinutes: about('The minute; of a duration all of it in minutes.', 'getMinutes()', '5'),
  getSeconds: about('The second; of a duration all of it in seconds.', 'getSeconds()', '7'),
  getMilliseconds: about('The milliseconds of the second; of a duration all of it.', 'getMilliseconds()', '250'),
}

function about(summary: string, call: string, value: string): About {
  return { summary, example: [`timestamp('2026-03-01T10:05:07.25Z').${call}`, value] }
}

export const timeFunctions: Library = {
  title: 'Times',
  functions: [
    global('now', [], timestamp, () => timestampOfMs(instant()), {
      isVolatile: true,
      summary: 'The time, one instant for all of a request.',
      example: ['now() == now()', 'true'],
    }),
    method(
      'format',
      [['timestamp'], text],
      string,
      (time: Timestamp, pattern: string) => writeTime(time.date, pattern),
      {
        refuse: (_, pattern) => refusePattern(pattern),
        summary:
          'A timestamp by a pattern of Unicode (`yyyy-MM-dd HH:mm:ss.SSS XXX`, `EEE d MMM`, text in single quotes), in UTC or in a time zone.',
        example: ["timestamp('2026-03-01T20:00:00Z').format('yyyy-MM-dd', 'Asia/Shanghai')", "'2026-03-02'"],
      },
    ),
    method(
      'format',
      [['timestamp'], text, text],
      string,
      ({ date }: Timestamp, pattern, zone) => writeTime(date, pattern, zone),
      {
        refuse: (_, pattern, zone) => refusePattern(pattern) ?? refuseZone(zone),
      },
    ),
    ...Object.entries(timestampParts).flatMap(([name, read]) => [
      method(
        name,
        [name in durationParts ? ['timestamp', 'duration'] : ['timestamp']],
        int,
        (value) => (value instanceof Duration ? durationParts[name]!(value) : read((value as Timestamp).date)),
        parts[name]!,
      ),
      method(name, [['timestamp'], text], int, ({ date }: Timestamp, zone: string) => read(inZone(date, zone)), {
        refuse: (_, zone) => refuseZone(zone),
      }),
    ]),
  ],
}
