import { COMMAND } from '../command-name.ts';

/** What the command line says. */
export const cli = {
  error: (text: string) => `错误：${text}`,
  warning: (text: string) => `警告：${text}`,
  unexpected: (text: string) => `意外的错误：${text}`,
  noReason: '平台没有说明原因',
  configMissing: (file: string) => `配置文件不存在：${file}`,
  configBad: (file: string, count: number) => `配置文件 ${file} 有 ${count} 个问题：`,
  noConfig: `没有找到 config.toml（先找当前目录，再找程序所在目录）。运行 ${COMMAND} init 生成一个，或用 -c 指定文件`,

  about: {
    postpoint: '一个 API 请求将消息发送到企业微信、飞书、钉钉、Slack、Discord、Mattermost、Webhook',
    help: '显示命令的帮助',
    serve: 'API / OpenAPI / Swagger UI 服务，消息推送服务',
    test: '测试已配置的通道：向每个（或指定的）通道直接发送一条测试消息，不产生推送日志',
    check: '检查配置，显示通道及其发送频率限制（密钥不显示）',
    init: '在当前目录生成带注释的 config.toml，不会覆盖已有文件',
    sandbox: '本机沙箱：模拟各平台及其官方规则，可查看每个群收到的消息',
  },
  help: {
    usage: '用法:',
    commands: '可用命令:',
    flags: '选项:',
    more: `使用 "${COMMAND} [command] --help" 查看命令的详细说明。`,
  },
  flags: {
    help: '显示帮助',
    version: '显示版本',
    lang: '语言（默认取自系统区域设置）',
    config: '配置文件（默认：当前目录的 config.toml，其次程序所在目录）',
    port: '监听端口（默认 39271，0 = 任意空闲端口）',
  },
  usage: {
    unknownCommand: (name: string, meant: string | null) =>
      `未知的命令 "${name}"${meant === null ? '' : `，是否想用 "${meant}"？`}`,
    unknownOption: (name: string, meant: string | null) =>
      `未知的选项 ${name}${meant === null ? '' : `，是否想用 ${meant}？`}`,
    missingArgument: (flag: string) => `选项 ${flag} 缺少值`,
    excessArguments: (command: string) => `命令 ${command} 后面有多余的参数`,
    badLang: (value: string) => `--lang 的值 "${value}" 无效，允许：zh、en`,
    seeHelp: `运行 ${COMMAND} -h 查看帮助`,
  },

  test: {
    title: '测试',
    message: (host: string, time: string) =>
      `PostPoint 测试消息\n收到它，说明这个通道配置正确，可以送达。\n发自 ${host}，${time}`,
    ok: '成功',
    failed: '失败',
    duration: '耗时',
    error: '错误',
    platformCode: '平台错误码',
    unknownChannel: (name: string, meant: string | null, known: readonly string[]) =>
      `没有名为 "${name}" 的通道${meant === null ? '' : `，最接近的是 "${meant}"`}；已配置的通道：${known.join('、')}`,
    noRoom: (seconds: number) => `发送频率的额度一直占满，等了 ${seconds} 秒仍未轮到，测试消息没有发出`,
    notBooked: '存储写入失败，无法登记发送频率的额度，测试消息没有发出',
    notCounted: '无法读写存储文件：如果服务正在运行，它的发送频率不会计入这次测试的请求',
    disabledChannel: (name: string) => `通道 "${name}" 已被 enabled = false 停用`,
  },

  check: {
    ok: (file: string) => `配置正确：${file}`,
    columns: ['通道', '平台', '每分钟', '每秒', '代理', '按序', '超长', '主机', '标签'],
    yes: '是',
    no: '否',
    none: '无',
    noLimit: '不限',
    api: 'API',
    apiHeaders: 'API 请求头',
    store: '存储',
    logFiles: '日志文件',
    disabled: '已停用的通道',
    everyInterface: (port: number) => `所有网卡，端口 ${port}`,
    openApi: 'API 监听非本机地址，且没有设置 api.headers：网络上的任何人都可以发送消息',
  },

  init: {
    exists: (file: string) => `${file} 已存在，没有覆盖`,
    failed: (file: string, code: string) => `无法写入 ${file}（${code}）`,
    done: (file: string) => `已生成 ${file}

下一步：
  1. 编辑它：去掉一个平台的 #[provider…] 和 #endpoint.url 两行开头的 #，填写 webhook 地址
  2. ${COMMAND} check   检查配置
  3. ${COMMAND} test    发送一条测试消息
  4. ${COMMAND} serve   启动服务`,
  },

  sandbox: {
    started: (url: string) =>
      `沙箱已启动：${url}（按 Ctrl-C 停止）\n把下面的配置存为 config.toml，即可发送到沙箱：`,
    badPort: '--port 的值无效，允许：0 到 65535 之间的整数',
    portTaken: (port: number) => `端口 ${port} 已被其他程序占用，请用 --port 另选一个`,
    failed: (port: number, code: string) => `沙箱无法启动，端口 ${port}（${code}）`,
  },
};
