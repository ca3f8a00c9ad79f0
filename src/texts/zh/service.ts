/** The service log, and what the service itself has to say about a delivery. */
export const service = {
  langTag: 'zh',
  noReason: '平台没有说明原因',
  retriesUsedUp: (count: number, error: string) =>
    count === 0 ? `失败，未设置重试：${error}` : `已重试 ${count} 次仍失败：${error}`,
  held: (error: string) =>
    `无法确定平台是否已收到，按配置 on_uncertain = "hold" 停止，请人工核对后重发：${error}`,
  processDied: '发送过程中 PostPoint 进程意外终止，无法确定平台是否已收到',

  sent: '成功',
  willRetry: '失败，稍后重试',
  paused: '触发平台频率限制，通道暂停',
  gaveUp: '失败，不再重试',
  partSent: '部分内容已发送',
  duration: '耗时',
  attempt: '第几次尝试',
  messageId: '消息',
  waitSeconds: '等待秒数',
  reason: '原因',
  storeTrouble: '存储暂不可用，推送暂停，恢复后自动继续',
  storeBack: '存储已恢复，推送继续',
  laneBug: '通道处理出错，稍后继续',
  keyReused: '同一个 X-Ppt-Request-ID 提交了不同内容，已返回首次的结果',
  channelNotConfigured: '配置中没有此通道，它的消息会一直等待',
  waiting: '等待中',
  interrupted: '上次进程终止时有推送结果未知，已按策略处理',
  count: '数量',
};
