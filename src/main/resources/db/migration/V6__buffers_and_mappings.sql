-- What tenants declared of buffers and of their mappings to volumes: made true again at each start.
CREATE TABLE buffers (
    uuid       VARCHAR(36) NOT NULL PRIMARY KEY,
    tenant     VARCHAR(63) NOT NULL,
    name       VARCHAR(63) NOT NULL,
    size_bytes BIGINT      NOT NULL,
    pages      VARCHAR(8)  NOT NULL,
    created_at BIGINT      NOT NULL
);

CREATE UNIQUE INDEX buffers_by_name ON buffers (tenant, name);

-- Both are named by identity: a later buffer or volume of the same name is another one.
CREATE TABLE mappings (
    buffer_uuid VARCHAR(36) NOT NULL,
    volume_uuid VARCHAR(36) NOT NULL,
    tier        VARCHAR(8)  NOT NULL,
    on_stale    VARCHAR(16) NOT NULL,
    created_at  BIGINT      NOT NULL,
    PRIMARY KEY (buffer_uuid, volume_uuid)
);
