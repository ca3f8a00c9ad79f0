import { type Static, type TSchema, Type } from 'typebox';
import { OVERFLOW_MODES } from '../core/channel-config.ts';
import { DELIVERY_STATUSES } from '../core/delivery.ts';
import { OUTCOME_KINDS } from '../core/outcome.ts';
import { TEXT_UNITS } from '../core/text-unit.ts';
import type { Texts } from '../texts/texts.ts';
import { API_ERRORS, type ApiErrorCode } from './api-error.ts';

/** What a platform's limit makes of a text. */
export const TEXT_FATES = ['whole', 'split', 'truncate', 'too_long'] as const;

export const ULID_PATTERN = '^[0-7][0-9A-HJKMNP-TV-Z]{25}$';

const CLOSED = { additionalProperties: false } as const;
const errorCodes = Object.keys(API_ERRORS) as ApiErrorCode[];

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const time = () => Type.String({ format: 'date-time' });
const integerOrNull = () => Type.Union([Type.Integer(), Type.Null()]);
const numberOrNull = () => Type.Union([Type.Number(), Type.Null()]);

/** The shape of everything that crosses the API, with descriptions in one language. The types come from here too. */
export function createSchemas(docs: Texts['api']['docs']) {
  const answerFields = {
    msg: Type.String({ description: docs.resultMsg }),
    id: Type.String({ description: docs.resultId, pattern: ULID_PATTERN }),
    request_id: Type.Optional(Type.String({ description: docs.resultRequestId })),
  };
  const okFields = { code: Type.Literal('ok', { description: docs.resultCode }), ...answerFields };

  const TextRequest = Type.Object(
    {
      msg: Type.String({ description: docs.msg, minLength: 1 }),
      to: Type.Optional(
        Type.Union(
          [Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }), Type.String({ minLength: 1 })],
          { description: docs.to },
        ),
      ),
    },
    // What Swagger UI fills in: it can be sent as it is.
    { ...CLOSED, examples: [{ msg: docs.exampleMsg }] },
  );
  const TextForm = Type.Object(
    {
      msg: Type.String({ description: docs.msg, minLength: 1 }),
      to: Type.Optional(Type.String({ description: docs.toForm, minLength: 1 })),
    },
    CLOSED,
  );

  const ResendRequest = Type.Object(
    {
      channels: Type.Optional(
        Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description: docs.resendChannels }),
      ),
    },
    { ...CLOSED, examples: [{}] },
  );

  const Attempt = Type.Object(
    {
      number: Type.Integer({ minimum: 1 }),
      part: Type.Integer({ minimum: 1, description: docs.part }),
      started_at: time(),
      duration_ms: numberOrNull(),
      outcome: Type.Union([Type.Enum([...OUTCOME_KINDS]), Type.Null()]),
      http_status: integerOrNull(),
      platform_code: nullable(Type.String()),
      response: nullable(Type.String()),
      error: nullable(Type.String()),
      possible_duplicate: Type.Boolean({ description: docs.possibleDuplicate }),
    },
    CLOSED,
  );
  const deliveryFields = {
    id: Type.String(),
    channel: Type.String(),
    provider: Type.String(),
    status: Type.Enum([...DELIVERY_STATUSES]),
    resent_at: Type.Union([time(), Type.Null()], { description: docs.resentAt }),
    attempt_count: Type.Integer({ minimum: 0 }),
    next_attempt_at: nullable(time()),
    finished_at: nullable(time()),
    error: nullable(Type.String()),
  };
  const Delivery = Type.Object(deliveryFields, CLOSED);
  const DetailedDelivery = Type.Object({ ...deliveryFields, attempts: Type.Array(Attempt) }, CLOSED);
  const messageFields = {
    id: Type.String({ pattern: ULID_PATTERN }),
    request_id: nullable(Type.String()),
    msg_type: Type.Literal('text'),
    msg: Type.String(),
    created_at: time(),
  };
  const Message = Type.Object({ ...messageFields, deliveries: Type.Array(Delivery) }, CLOSED);
  const DetailedMessage = Type.Object({ ...messageFields, deliveries: Type.Array(DetailedDelivery) }, CLOSED);

  const DeliveryEvent = Type.Object(
    { message_id: Type.String({ pattern: ULID_PATTERN }), ...deliveryFields },
    CLOSED,
  );

  const Window = Type.Object(
    {
      window_ms: Type.Integer({ minimum: 1 }),
      max_sends: Type.Integer({ minimum: 1 }),
      left: Type.Integer({ minimum: 0, description: docs.windowLeft }),
      next_free_at: Type.Union([time(), Type.Null()], { description: docs.windowNextFree }),
    },
    CLOSED,
  );
  const TextLimit = Type.Object(
    { max: Type.Integer({ minimum: 1 }), unit: Type.Enum([...TEXT_UNITS]) },
    CLOSED,
  );
  const Channel = Type.Object(
    {
      name: Type.String(),
      provider: Type.String(),
      tags: Type.Array(Type.String()),
      state: Type.Enum(['active', 'paused', 'stopped'], { description: docs.channelState }),
      paused_until: nullable(time()),
      reason: Type.Union([Type.String(), Type.Null()], { description: docs.channelReason }),
      queue_depth: Type.Integer({ minimum: 0, description: docs.queueDepth }),
      oldest_queued_at: Type.Union([time(), Type.Null()], { description: docs.oldestQueued }),
      windows: Type.Array(Window, { description: docs.windows }),
      text_limit: Type.Union([TextLimit, Type.Null()], { description: docs.textLimit }),
      overflow: Type.Enum([...OVERFLOW_MODES], { description: docs.overflow }),
    },
    CLOSED,
  );

  const count = () => Type.Integer({ minimum: 0 });
  const ChannelStats = Type.Object(
    {
      channel: Type.String(),
      provider: Type.String(),
      totals: Type.Object({ accepted: count(), delivered: count(), failed: count() }, CLOSED),
      series: Type.Array(Type.Tuple([Type.Integer(), count(), count(), count()]), {
        description: docs.statsSeries,
      }),
    },
    CLOSED,
  );

  const TextPreview = Type.Object(
    {
      channel: Type.String(),
      provider: Type.String(),
      size: Type.Integer({ minimum: 1, description: docs.previewSize }),
      max: integerOrNull(),
      unit: Type.Enum([...TEXT_UNITS]),
      parts: Type.Integer({ minimum: 0, description: docs.previewParts }),
      fate: Type.Enum([...TEXT_FATES], { description: docs.previewFate }),
    },
    CLOSED,
  );

  return {
    TextRequest,
    TextForm,
    ResendRequest,
    Attempt,
    Delivery,
    DetailedDelivery,
    Message,
    DetailedMessage,
    DeliveryEvent,
    Window,
    TextLimit,
    Channel,
    ChannelsAnswer: Type.Object({ ...okFields, items: Type.Array(Channel) }, CLOSED),
    TextPreview,
    PreviewAnswer: Type.Object({ ...okFields, items: Type.Array(TextPreview) }, CLOSED),
    ChannelStats,
    StatsAnswer: Type.Object(
      {
        ...okFields,
        from: time(),
        to: time(),
        bucket_ms: Type.Integer({ minimum: 1, description: docs.statsBucket }),
        channels: Type.Array(ChannelStats, { description: docs.statsChannels }),
      },
      CLOSED,
    ),
    OkAnswer: Type.Object(okFields, CLOSED),
    ErrorAnswer: Type.Object(
      { code: Type.Enum(errorCodes, { description: docs.resultCode }), ...answerFields },
      CLOSED,
    ),
    MessagePageAnswer: Type.Object(
      {
        ...okFields,
        items: Type.Array(Message),
        next_cursor: Type.Union([Type.String(), Type.Null()], { description: docs.nextCursor }),
        searched_until: Type.Union([time(), Type.Null()], { description: docs.searchedUntil }),
      },
      CLOSED,
    ),
    ResendAnswer: Type.Object({ ...okFields, deliveries: Type.Array(Delivery) }, CLOSED),
    MessageAnswer: Type.Object({ ...okFields, message: DetailedMessage }, CLOSED),
  };
}

export type Schemas = ReturnType<typeof createSchemas>;
export type SchemaName = keyof Schemas;
export type AttemptJson = Static<Schemas['Attempt']>;
export type DeliveryJson = Static<Schemas['Delivery']>;
export type DeliveryEventJson = Static<Schemas['DeliveryEvent']>;
export type MessageJson = Static<Schemas['Message']>;
export type ChannelJson = Static<Schemas['Channel']>;
export type DetailedMessageJson = Static<Schemas['DetailedMessage']>;
