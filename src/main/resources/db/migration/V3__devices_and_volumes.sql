-- What a release must know to open this catalog: as in labels, one that does not know a required bit must not.
CREATE TABLE format (
    required_features BIGINT      NOT NULL,
    optional_features BIGINT      NOT NULL,
    needed_release    VARCHAR(32) NOT NULL
);

INSERT INTO format (required_features, optional_features, needed_release) VALUES (0, 0, '0.1.0');

-- Who this Holdfast is: the labels of its devices name it.
CREATE TABLE installation (
    uuid VARCHAR(36) NOT NULL PRIMARY KEY
);

-- Devices that were attached and not detached. One of path, serial and wwid is what was asked for. The sequence is that of
-- a label that was written here: one with less is older, as that of a copy is. A length stands where
-- a rule of ours gives one: PostgreSQL refuses what is longer, SQLite does not look.
CREATE TABLE devices (
    name       VARCHAR(63) NOT NULL PRIMARY KEY,
    uuid       VARCHAR(36) NOT NULL UNIQUE,
    path       TEXT,
    serial     TEXT,
    wwid       TEXT,
    sequence   BIGINT        NOT NULL,
    configured INTEGER     NOT NULL
);

-- An index of every volume seen. The labels of the devices decide about extents, this about names.
-- What begins with declared is what the tenant asked for; the others are what it has.
CREATE TABLE volumes (
    uuid                  VARCHAR(36) NOT NULL PRIMARY KEY,
    tenant                VARCHAR(63) NOT NULL,
    name                  VARCHAR(63) NOT NULL,
    size_bytes            BIGINT      NOT NULL,
    block_size            INTEGER     NOT NULL,
    layout                VARCHAR(16) NOT NULL,
    stripe_bytes          INTEGER     NOT NULL,
    epoch                 BIGINT      NOT NULL,
    devices               TEXT        NOT NULL,
    state                 VARCHAR(16) NOT NULL,
    deleted               INTEGER     NOT NULL,
    declared_size_bytes   BIGINT,
    declared_block_size   INTEGER,
    declared_layout       VARCHAR(16),
    declared_stripe_bytes INTEGER,
    declared_devices      TEXT
);
