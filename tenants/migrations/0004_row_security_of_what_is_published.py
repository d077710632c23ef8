"""A plant publishes its own sums and reads nobody's but its own."""

from django.db import migrations

CREATE = """
ALTER TABLE public.{table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY public_sees_all ON public.{table} TO amis_public USING (true) WITH CHECK (true);
CREATE POLICY plant_publishes_its_own ON public.{table} TO amis_tenant
  USING ('t_' || tenant_id = current_user) WITH CHECK ('t_' || tenant_id = current_user);
"""
DROP = """
DROP POLICY plant_publishes_its_own ON public.{table};
DROP POLICY public_sees_all ON public.{table};
ALTER TABLE public.{table} DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_people_tokens_and_what_is_published")]
    operations = [
        migrations.RunSQL(CREATE.format(table=table), DROP.format(table=table))
        for table in ("tenants_publishedplant", "tenants_publishedshift")
    ]
