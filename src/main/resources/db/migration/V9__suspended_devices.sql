-- Devices that an operator has suspended: they stay so over a restart.
ALTER TABLE devices ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0;
