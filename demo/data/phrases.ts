/** Short texts: banners, channels (金刚区), recommendation reasons, promotions, reviews. Always [zh, en]. */
type Phrase = readonly [zh: string, en: string]

export const bannerPhrases: readonly (readonly [id: string, ...Phrase, color: string])[] = [
  ['season', '换季上新 · 低至五折', 'New season, up to half off', '#F4A259'],
  ['brunch', '周末早午餐，半小时送达', 'Weekend brunch in half an hour', '#5B8E7D'],
  ['coffee', '第二杯半价', 'Second cup half price', '#8C5E58'],
  ['digital', '数码焕新季', 'Trade in your gadgets', '#3D5A80'],
  ['fresh', '产地直采，今日到家', 'From the farm, home today', '#6A994E'],
  ['vip', '会员日加倍积分', 'Double points for members', '#B08968'],
]

export const channelPhrases: readonly (readonly [id: string, ...Phrase])[] = [
  ['food', '外卖', 'Food'], ['market', '超市', 'Market'], ['fresh', '买菜', 'Groceries'], ['drinks', '咖啡茶饮', 'Coffee'],
  ['digital', '数码', 'Electronics'], ['beauty', '美妆', 'Beauty'], ['fashion', '服饰', 'Fashion'], ['home', '家居', 'Home'],
  ['hotel', '酒店', 'Hotels'], ['ride', '打车', 'Rides'],
]

export const reasonPhrases: Readonly<Record<string, Phrase>> = {
  bestseller: ['同城热卖', 'Selling fast near you'],
  similar: ['猜你喜欢', 'Because of what you viewed'],
  rebuy: ['买过的人都回购', 'Bought again and again'],
  newcomer: ['新人专享', 'For your first order'],
  vip: ['会员优选', 'Picked for members'],
}

export const promotionPhrases: readonly (readonly [id: string, ...Phrase, thresholdYuan: number, offYuan: number, segments: readonly string[]])[] = [
  ['over99', '满 99 减 15', '¥15 off over ¥99', 99, 15, ['anonymous', 'new', 'member', 'vip']],
  ['over199', '满 199 减 40', '¥40 off over ¥199', 199, 40, ['anonymous', 'new', 'member', 'vip']],
  ['first', '新人首单立减', 'First order treat', 30, 20, ['anonymous', 'new']],
  ['member', '会员免运费', 'Free delivery for members', 0, 6, ['member', 'vip']],
  ['vip', '黑卡专享九折', 'Black card, 10% off', 0, 30, ['vip']],
]

export const reviewPhrases: readonly (readonly [stars: number, ...Phrase])[] = [
  [5, '质量超出预期，包装也很用心。', 'Better than expected, and packed with care.'],
  [5, '第二次回购了，家里人都喜欢。', 'Second time I buy it; the whole family likes it.'],
  [4, '物流很快，颜色比图片略深。', 'Quick delivery, the colour is a little darker than shown.'],
  [4, '性价比高，推荐。', 'Good value, recommended.'],
  [3, '还行，等活动再买更划算。', 'All right; wait for a sale.'],
  [5, '客服耐心，售后放心。', 'Patient support, no worries afterwards.'],
  [2, '尺寸偏小，换了一次货。', 'Runs small, I had to exchange it.'],
]

export const reviewerNames = ['小*鱼', '阿*', 'L***n', '山**风', 'm***o', '橘*', '林**', 'K***y']
