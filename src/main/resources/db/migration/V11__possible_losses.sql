-- Volumes with writes that were answered and that a drive may have lost. No flush has succeeded since: the next after a restart
-- has to say so.
CREATE TABLE possible_losses (
    volume VARCHAR(36) NOT NULL PRIMARY KEY
);
