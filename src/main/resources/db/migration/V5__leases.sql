-- The latest lease of a volume, living or not: its number is what keeps older ones out. By the volume's identity, since its
-- name may become another's. Times are milliseconds since 1970, UTC.
CREATE TABLE leases (
    volume       VARCHAR(36) NOT NULL PRIMARY KEY,
    lease_number BIGINT      NOT NULL,
    ttl_millis   BIGINT      NOT NULL,
    expires_at   BIGINT      NOT NULL
);
