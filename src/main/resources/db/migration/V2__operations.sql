-- Long work. One without a tenant is the administrators'. The tenant is no reference: what was done is still told when
-- the tenant is gone. Ids are UUIDs of version 7, whose order is that in which operations began.

CREATE TABLE operations (
    id               VARCHAR(36)  NOT NULL PRIMARY KEY,
    kind             VARCHAR(63)  NOT NULL,
    tenant           VARCHAR(63),
    subject          VARCHAR(255) NOT NULL,
    unit             VARCHAR(63)  NOT NULL,
    total            BIGINT       NOT NULL,
    done             BIGINT       NOT NULL,
    detail           TEXT         NOT NULL,
    state            VARCHAR(16)  NOT NULL,
    cancel_requested SMALLINT     NOT NULL,
    started_at       BIGINT       NOT NULL,
    finished_at      BIGINT,
    error_code       VARCHAR(63),
    error_detail     TEXT
);
