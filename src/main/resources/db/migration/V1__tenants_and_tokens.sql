-- Times are milliseconds since 1970, UTC. The SQL stays portable to PostgreSQL.

CREATE TABLE tenants (
    name       VARCHAR(63) NOT NULL PRIMARY KEY,
    created_at BIGINT      NOT NULL
);

-- A token without a tenant is an administrator's. Of the secret only its SHA-256 is kept, in hexadecimal.
CREATE TABLE tokens (
    id          VARCHAR(12) NOT NULL PRIMARY KEY,
    tenant      VARCHAR(63) REFERENCES tenants (name),
    name        VARCHAR(63) NOT NULL,
    role        VARCHAR(16) NOT NULL,
    secret_hash VARCHAR(64) NOT NULL,
    created_at  BIGINT      NOT NULL,
    expires_at  BIGINT
);

CREATE UNIQUE INDEX tokens_by_name ON tokens (COALESCE(tenant, ''), name);
