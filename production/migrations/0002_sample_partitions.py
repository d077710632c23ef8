"""Samples live in monthly partitions; what falls outside them lands in the default one."""

from django.db import migrations

CREATE = """
CREATE TABLE production_sample (
  signal_id bigint NOT NULL,
  source_timestamp timestamptz NOT NULL,
  value double precision,
  value_text text,
  status_code bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (signal_id, source_timestamp)
) PARTITION BY RANGE (source_timestamp);
CREATE TABLE production_sample_default PARTITION OF production_sample DEFAULT;
"""


class Migration(migrations.Migration):
    dependencies = [("production", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE production_sample")]
