-- The log page of one channel's failures, however rare they are. Only a delivery that fails pays for it.
CREATE INDEX delivery_failed_of_channel ON delivery (channel_id, message_seq) WHERE status = 4;
