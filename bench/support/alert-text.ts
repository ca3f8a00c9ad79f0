import { below, pick, type Random } from './random.ts';

/** Words and texts of a made-up operations team, with known frequencies for the searches of `npm run bench -- log`. */

const SERVICES = [
  '订单服务',
  '支付网关',
  '库存服务',
  '用户中心',
  '搜索服务',
  '消息队列',
  '数据库主库',
  '数据库从库',
  '缓存集群',
  '日志平台',
  '风控引擎',
  '短信通道',
  '报表任务',
  '对账任务',
  '网关入口',
  '容器平台',
];
const ROOMS = ['北京一区', '北京三区', '上海二区', '广州一区', '深圳机房', '杭州云上', '新加坡节点'];
const METRICS = [
  '处理器使用率',
  '内存使用率',
  '磁盘使用率',
  '网络延迟',
  '请求错误率',
  '平均响应时间',
  '连接数',
  '队列积压',
  '主从延迟',
  '线程池占用',
];
const VERBS = ['超过阈值', '持续升高', '突然下降', '恢复正常', '连续三次检测失败', '波动异常'];
const ADVICE = [
  '请值班同学尽快处理',
  '请检查最近一次发布',
  '已自动扩容，请关注',
  '如已知晓请在群内回复',
  '详情见监控面板',
  '请联系系统管理员确认',
];
const PEOPLE = ['张伟', '王芳', '李娜', '刘洋', '陈静', '杨磊', '赵敏', '黄强', '周涛', '吴霞'];

/** In about 1 of 250,000 texts each: what a person searches for after an incident. */
const RARE_WORDS = ['坏道', '光纤断裂', '机柜漏水', '证书吊销'];
const RARE_SHARE = 1 / 250_000;

/** Common characters of free text, the first of them far more often than the last. */
const FREE_FIRST = 0x4e00;
const FREE_CHARACTERS = 3_000;
const FREE_SHARE = 0.2;

/** Alert texts of 20 to 400 characters, some with free text in them. */
export function createAlertText(random: Random): () => string {
  const alert = () =>
    `【${pick(random, ['告警', '告警', '通知', '严重'])}】${pick(random, SERVICES)} ${pick(random, ROOMS)} ${host()} ${pick(random, METRICS)}${pick(random, VERBS)}，当前值 ${below(random, 1000) / 10}%`;
  const report = () =>
    `发布通知：${pick(random, SERVICES)} v${below(random, 9)}.${below(random, 40)}.${below(random, 200)} 已由${pick(random, PEOPLE)}发布到${pick(random, ROOMS)}，耗时 ${below(random, 900)} 秒`;
  const ticket = () =>
    `工单 #${100_000 + below(random, 900_000)}：${pick(random, PEOPLE)}提交了${pick(random, SERVICES)}的变更申请，${pick(random, ADVICE)}`;
  const exception = () =>
    `[ERROR] ${pick(random, SERVICES)} ${host()} java.net.SocketTimeoutException: connect timed out after ${below(random, 30_000)}ms trace=${below(random, 2 ** 32).toString(16)}`;
  const host = () => `10.${below(random, 256)}.${below(random, 256)}.${below(random, 256)}`;
  const free = () => {
    const length = 10 + below(random, 60);
    return Array.from({ length }, () =>
      String.fromCodePoint(FREE_FIRST + Math.floor(FREE_CHARACTERS * random() ** 3)),
    ).join('');
  };

  return () => {
    const kind = random();
    let text = kind < 0.6 ? alert() : kind < 0.75 ? report() : kind < 0.9 ? ticket() : exception();
    if (random() < 0.5) text += `\n${pick(random, ADVICE)}`;
    if (random() < FREE_SHARE) text += `\n备注：${free()}`;
    if (random() < 0.02) text += `\n${Array.from({ length: 4 }, alert).join('\n')}`;
    if (random() < RARE_SHARE * RARE_WORDS.length) text += `\n现场反馈：${pick(random, RARE_WORDS)}`;
    return text;
  };
}
