/** Cities the demo serves: id, names, centre, districts. */
export const cityWords: readonly CityWords[] = [
  { id: 'shanghai', zh: '上海', en: 'Shanghai', lat: 31.2304, lng: 121.4737, districts: [['静安', "Jing'an"], ['徐汇', 'Xuhui'], ['浦东', 'Pudong'], ['长宁', 'Changning']] },
  { id: 'beijing', zh: '北京', en: 'Beijing', lat: 39.9042, lng: 116.4074, districts: [['朝阳', 'Chaoyang'], ['海淀', 'Haidian'], ['东城', 'Dongcheng'], ['西城', 'Xicheng']] },
  { id: 'hangzhou', zh: '杭州', en: 'Hangzhou', lat: 30.2741, lng: 120.1551, districts: [['西湖', 'Xihu'], ['滨江', 'Binjiang'], ['上城', 'Shangcheng'], ['余杭', 'Yuhang']] },
  { id: 'shenzhen', zh: '深圳', en: 'Shenzhen', lat: 22.5431, lng: 114.0579, districts: [['南山', 'Nanshan'], ['福田', 'Futian'], ['罗湖', 'Luohu'], ['宝安', "Bao'an"]] },
  { id: 'guangzhou', zh: '广州', en: 'Guangzhou', lat: 23.1291, lng: 113.2644, districts: [['天河', 'Tianhe'], ['越秀', 'Yuexiu'], ['海珠', 'Haizhu'], ['番禺', 'Panyu']] },
  { id: 'chengdu', zh: '成都', en: 'Chengdu', lat: 30.5728, lng: 104.0668, districts: [['锦江', 'Jinjiang'], ['武侯', 'Wuhou'], ['青羊', 'Qingyang'], ['高新', 'Gaoxin']] },
  { id: 'singapore', zh: '新加坡', en: 'Singapore', lat: 1.3521, lng: 103.8198, districts: [['乌节', 'Orchard'], ['武吉士', 'Bugis'], ['中峇鲁', 'Tiong Bahru'], ['滨海湾', 'Marina Bay']] },
  { id: 'paris', zh: '巴黎', en: 'Paris', lat: 48.8566, lng: 2.3522, districts: [['玛黑', 'Le Marais'], ['贝尔维尔', 'Belleville'], ['蒙马特', 'Montmartre'], ['贝西', 'Bercy']] },
]

export interface CityWords {
  id: string
  zh: string
  en: string
  lat: number
  lng: number
  districts: readonly (readonly [zh: string, en: string])[]
}
