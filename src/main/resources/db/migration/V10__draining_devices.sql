-- Devices that are being emptied, or are empty and to stay so: over a restart too.
ALTER TABLE devices ADD COLUMN draining INTEGER NOT NULL DEFAULT 0;
