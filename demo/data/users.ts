/** Accounts of the demo. Their session tokens are `tok-<name>`; `tok-expired` is one that has run out. */
export const userWords = [
  { id: 'u1001', token: 'tok-mei', zh: '林美', en: 'Mei Lin', segment: 'vip', level: 6, points: 18420, city: 'shanghai', phone: '138****2046', since: 2016 },
  { id: 'u1002', token: 'tok-jun', zh: '陈俊', en: 'Jun Chen', segment: 'member', level: 3, points: 2310, city: 'beijing', phone: '139****7731', since: 2020 },
  { id: 'u1003', token: 'tok-anna', zh: '安娜', en: 'Anna Petit', segment: 'new', level: 1, points: 0, city: 'paris', phone: '+33 6 ** ** ** 18', since: 2026 },
  { id: 'u1004', token: 'tok-wei', zh: '吴伟', en: 'Wei Wu', segment: 'member', level: 4, points: 5120, city: 'chengdu', phone: '136****9054', since: 2018 },
] as const

export const expiredToken = 'tok-expired'
