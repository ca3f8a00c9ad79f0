-- Asked for with every turn that is taken: without it, each of the deliveries in flight was looked at. Only the later
-- parts of a split text pay for it.
CREATE INDEX delivery_later_part ON delivery (channel_id) WHERE status = 1 AND part_index > 0;
