-- Volumes with writes that were answered and that a drive may have lost, of which no flush has told yet: the next one has to,
-- after a restart too.
CREATE TABLE possible_losses (
    volume VARCHAR(36) NOT NULL PRIMARY KEY
);
