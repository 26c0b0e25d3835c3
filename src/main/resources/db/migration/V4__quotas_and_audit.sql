-- A quota that is not there limits nothing.
ALTER TABLE tenants ADD COLUMN capacity_bytes BIGINT;

-- When a token was used last, by the minute.
ALTER TABLE tokens ADD COLUMN last_used_at BIGINT;

-- Who did what, in the order in which it was recorded. Without a token, nobody who was known: a refusal, or the service
-- itself. What comes from a request has no length of ours.
CREATE TABLE audit (
    sequence       BIGINT NOT NULL PRIMARY KEY,
    recorded_at    BIGINT NOT NULL,
    token_id       VARCHAR(12),
    remote_address TEXT,
    action         TEXT   NOT NULL,
    object         TEXT   NOT NULL,
    result         TEXT   NOT NULL,
    request_id     VARCHAR(16)
);

-- Requests of those who had no good token are kept for a shorter time.
CREATE INDEX audit_of_strangers ON audit (sequence) WHERE token_id IS NULL AND remote_address IS NOT NULL;
