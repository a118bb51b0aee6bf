/** What is sold: 10 categories of 8 things in 5 styles each give 400 products. Prices are in yuan. */
export interface CategoryWords {
  id: string
  zh: string
  en: string
  nouns: readonly (readonly [zh: string, en: string, fromYuan: number, toYuan: number])[]
  styles: readonly (readonly [zh: string, en: string])[]
  /** Two options that span the SKUs. */
  options: readonly (readonly [key: string, zh: string, values: readonly string[]])[]
  unit: string
}

export const categoryWords: readonly CategoryWords[] = [
  {
    id: 'digital', zh: '手机数码', en: 'Electronics', unit: '件',
    nouns: [['真无线耳机', 'True Wireless Earbuds', 129, 899], ['智能手表', 'Smart Watch', 299, 1999], ['氮化镓充电器', 'GaN Charger', 69, 229], ['移动电源', 'Power Bank', 79, 299], ['机械键盘', 'Mechanical Keyboard', 199, 899], ['蓝牙音箱', 'Bluetooth Speaker', 99, 699], ['墨水屏阅读器', 'E-ink Reader', 699, 1899], ['手机云台', 'Phone Gimbal', 299, 899]],
    styles: [['轻享版', 'Lite'], ['标准版', 'Classic'], ['旗舰版', 'Pro'], ['联名款', 'Studio Edition'], ['青春版', 'Youth']],
    options: [['color', '颜色', ['曜石黑 Obsidian', '云雾白 Cloud', '海盐蓝 Sea Salt']], ['warranty', '保修', ['一年 1 year', '两年 2 years']]],
  },
  {
    id: 'beauty', zh: '美妆护肤', en: 'Beauty', unit: '瓶',
    nouns: [['玻尿酸精华', 'Hyaluronic Serum', 89, 459], ['氨基酸洁面', 'Amino Cleanser', 49, 169], ['防晒乳', 'Sunscreen Lotion', 69, 269], ['柔雾唇釉', 'Velvet Lip Tint', 59, 199], ['修护面膜', 'Repair Mask', 39, 199], ['气垫粉底', 'Cushion Foundation', 119, 399], ['护手霜', 'Hand Cream', 29, 99], ['木质香水', 'Woody Perfume', 199, 899]],
    styles: [['清透', 'Clear'], ['水光', 'Dewy'], ['敏感肌', 'Sensitive'], ['夜间', 'Midnight'], ['旅行装', 'Travel']],
    options: [['size', '容量', ['30 ml', '50 ml', '100 ml']], ['gift', '包装', ['简装 Plain', '礼盒 Gift box']]],
  },
  {
    id: 'snacks', zh: '休闲零食', en: 'Snacks', unit: '袋',
    nouns: [['每日坚果', 'Daily Nuts', 39, 129], ['海苔脆', 'Seaweed Crisps', 15, 49], ['牛肉干', 'Beef Jerky', 39, 119], ['手工曲奇', 'Butter Cookies', 29, 89], ['黑巧克力', 'Dark Chocolate', 25, 99], ['冻干草莓', 'Freeze-dried Strawberry', 19, 59], ['麻辣锅巴', 'Spicy Rice Crust', 12, 39], ['芒果干', 'Dried Mango', 19, 59]],
    styles: [['经典', 'Original'], ['低糖', 'Less Sugar'], ['家庭装', 'Family Pack'], ['海盐', 'Sea Salt'], ['川味', 'Sichuan']],
    options: [['pack', '规格', ['100 g', '250 g', '500 g']], ['flavour', '口味', ['原味 Plain', '微辣 Mild']]],
  },
  {
    id: 'fresh', zh: '生鲜果蔬', en: 'Fresh Food', unit: '份',
    nouns: [['阳光玫瑰葡萄', 'Shine Muscat Grapes', 29, 129], ['有机鸡蛋', 'Organic Eggs', 19, 69], ['三文鱼排', 'Salmon Fillet', 49, 169], ['牛油果', 'Avocado', 19, 69], ['现切凤梨', 'Cut Pineapple', 12, 35], ['小番茄', 'Cherry Tomatoes', 9, 29], ['鲜牛奶', 'Fresh Milk', 12, 39], ['手打牛肉丸', 'Beef Balls', 25, 79]],
    styles: [['产地直采', 'Farm Direct'], ['精选', 'Select'], ['有机', 'Organic'], ['家庭装', 'Family Pack'], ['今日特鲜', 'Today']],
    options: [['weight', '重量', ['500 g', '1 kg', '2 kg']], ['slot', '配送', ['次日 Next day', '即时 Now']]],
  },
  {
    id: 'drinks', zh: '咖啡茶饮', en: 'Coffee & Tea', unit: '杯',
    nouns: [['冷萃咖啡液', 'Cold Brew', 29, 89], ['挂耳咖啡', 'Drip Coffee Bags', 39, 129], ['明前龙井', 'Longjing Tea', 99, 699], ['茉莉花茶', 'Jasmine Tea', 39, 199], ['燕麦奶', 'Oat Milk', 15, 49], ['柠檬气泡水', 'Lemon Sparkling Water', 9, 39], ['白桃乌龙', 'Peach Oolong', 19, 69], ['精品咖啡豆', 'Specialty Beans', 69, 229]],
    styles: [['浅烘', 'Light'], ['中烘', 'Medium'], ['深烘', 'Dark'], ['冰镇', 'Iced'], ['手作', 'Handmade']],
    options: [['volume', '规格', ['单份 Single', '六份 Six', '十二份 Twelve']], ['sugar', '糖度', ['无糖 None', '少糖 Less']]],
  },
  {
    id: 'home', zh: '家居日用', en: 'Home', unit: '件',
    nouns: [['香薰蜡烛', 'Scented Candle', 49, 259], ['乳胶枕', 'Latex Pillow', 99, 399], ['不粘炒锅', 'Non-stick Wok', 99, 459], ['全棉四件套', 'Cotton Bedding Set', 199, 899], ['护眼台灯', 'Desk Lamp', 99, 499], ['收纳箱', 'Storage Box', 29, 129], ['陶瓷马克杯', 'Ceramic Mug', 29, 99], ['加湿器', 'Humidifier', 79, 399]],
    styles: [['原木', 'Oak'], ['极简', 'Minimal'], ['复古', 'Retro'], ['日式', 'Japandi'], ['奶油', 'Cream']],
    options: [['color', '颜色', ['米白 Ivory', '雾灰 Fog', '苔绿 Moss']], ['size', '尺寸', ['小 S', '大 L']]],
  },
  {
    id: 'fashion', zh: '服饰鞋包', en: 'Fashion', unit: '件',
    nouns: [['羊毛大衣', 'Wool Coat', 399, 1999], ['重磅T恤', 'Heavyweight Tee', 59, 199], ['直筒牛仔裤', 'Straight Jeans', 129, 459], ['帆布托特包', 'Canvas Tote', 69, 299], ['德训鞋', 'Trainer Shoes', 199, 799], ['针织开衫', 'Knit Cardigan', 129, 499], ['真丝丝巾', 'Silk Scarf', 99, 499], ['冲锋衣', 'Shell Jacket', 299, 1299]],
    styles: [['宽松', 'Relaxed'], ['修身', 'Slim'], ['通勤', 'Commuter'], ['街头', 'Street'], ['经典', 'Heritage']],
    options: [['size', '尺码', ['S', 'M', 'L']], ['color', '颜色', ['炭黑 Charcoal', '燕麦 Oat']]],
  },
  {
    id: 'kids', zh: '母婴玩具', en: 'Kids', unit: '件',
    nouns: [['积木套装', 'Building Blocks', 59, 399], ['绘本礼盒', 'Picture Book Box', 69, 299], ['婴儿湿巾', 'Baby Wipes', 15, 59], ['儿童保温杯', 'Kids Thermos', 59, 199], ['毛绒小熊', 'Plush Bear', 39, 199], ['平衡车', 'Balance Bike', 199, 799], ['水彩画笔', 'Watercolour Pens', 25, 99], ['学饮杯', 'Sippy Cup', 29, 119]],
    styles: [['0–2 岁', 'Ages 0–2'], ['3–5 岁', 'Ages 3–5'], ['6–8 岁', 'Ages 6–8'], ['森林系列', 'Forest'], ['太空系列', 'Space']],
    options: [['color', '颜色', ['奶黄 Butter', '天蓝 Sky', '豆沙 Rose']], ['gift', '包装', ['简装 Plain', '礼盒 Gift box']]],
  },
  {
    id: 'sports', zh: '运动户外', en: 'Sports', unit: '件',
    nouns: [['瑜伽垫', 'Yoga Mat', 59, 299], ['跑步腰包', 'Running Belt', 39, 129], ['速干短裤', 'Quick-dry Shorts', 59, 229], ['徒步背包', 'Hiking Pack', 199, 899], ['筋膜枪', 'Massage Gun', 149, 699], ['折叠露营椅', 'Camping Chair', 79, 359], ['羽毛球拍', 'Badminton Racket', 99, 699], ['运动水壶', 'Sports Bottle', 29, 129]],
    styles: [['入门', 'Starter'], ['进阶', 'Advanced'], ['竞速', 'Race'], ['越野', 'Trail'], ['都市', 'City']],
    options: [['color', '颜色', ['石墨 Graphite', '荧光 Neon', '沙色 Sand']], ['size', '尺寸', ['标准 Regular', '加大 Large']]],
  },
  {
    id: 'books', zh: '图书文具', en: 'Books & Stationery', unit: '册',
    nouns: [['城市散步指南', 'City Walking Guide', 39, 99], ['点格笔记本', 'Dotted Notebook', 19, 79], ['钢笔', 'Fountain Pen', 59, 499], ['科幻小说集', 'Science Fiction Anthology', 39, 89], ['菜谱', 'Cookbook', 45, 129], ['手帐贴纸', 'Journal Stickers', 9, 39], ['日历', 'Calendar', 39, 129], ['儿童百科', "Children's Encyclopedia", 69, 259]],
    styles: [['精装', 'Hardcover'], ['平装', 'Paperback'], ['插图版', 'Illustrated'], ['口袋版', 'Pocket'], ['纪念版', 'Anniversary']],
    options: [['edition', '版本', ['单册 One', '两册 Two', '套装 Set']], ['signed', '签名', ['无 No', '有 Signed']]],
  },
]
