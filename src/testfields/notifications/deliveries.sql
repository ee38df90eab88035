-- What is still to be delivered, what never arrived, and whose business it is: each found without reading the rest.
CREATE INDEX IF NOT EXISTS delivery_waiting ON delivery (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS delivery_undelivered ON delivery (state, id) WHERE state <> 'sent';
CREATE INDEX IF NOT EXISTS delivery_by_tenant ON delivery (tenant_id, id);
