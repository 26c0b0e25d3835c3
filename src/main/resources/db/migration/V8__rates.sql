-- How fast a tenant's I/O may be, as it was declared. What is not there is not limited.
ALTER TABLE tenants ADD COLUMN iops BIGINT;
ALTER TABLE tenants ADD COLUMN bytes_per_second BIGINT;
