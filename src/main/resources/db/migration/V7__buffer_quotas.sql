-- What a tenant may have of buffers and mappings, as it was declared. What is not there has the default.
ALTER TABLE tenants ADD COLUMN registered_bytes BIGINT;
ALTER TABLE tenants ADD COLUMN premapped_bytes BIGINT;
ALTER TABLE tenants ADD COLUMN buffers BIGINT;
ALTER TABLE tenants ADD COLUMN mappings BIGINT;
