"""Shared rows that plants read: a plant's role sees its own row, hosts and members, nothing else."""

from django.db import migrations

CREATE = """
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'amis_public') THEN
    CREATE ROLE amis_public NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'amis_tenant') THEN
    CREATE ROLE amis_tenant NOLOGIN;
  END IF;
END $$;

ALTER TABLE public.tenants_tenant ENABLE ROW LEVEL SECURITY;
CREATE POLICY public_sees_all ON public.tenants_tenant TO amis_public USING (true) WITH CHECK (true);
CREATE POLICY plant_sees_itself ON public.tenants_tenant FOR SELECT TO amis_tenant
  USING ('t_' || schema_name = current_user);

ALTER TABLE public.tenants_domain ENABLE ROW LEVEL SECURITY;
CREATE POLICY public_sees_all ON public.tenants_domain TO amis_public USING (true) WITH CHECK (true);
CREATE POLICY plant_sees_its_hosts ON public.tenants_domain FOR SELECT TO amis_tenant
  USING (EXISTS (SELECT 1 FROM public.tenants_tenant t
                 WHERE t.id = tenant_id AND 't_' || t.schema_name = current_user));

CREATE VIEW public.tenants_member WITH (security_barrier) AS
  SELECT u.id AS user_id, u.username, u.first_name, u.last_name, m.role
  FROM public.tenants_membership m
  JOIN public.tenants_user u ON u.id = m.user_id
  JOIN public.tenants_tenant t ON t.id = m.tenant_id
  WHERE 't_' || t.schema_name = current_user;
"""

DROP = """
DROP VIEW public.tenants_member;
DROP POLICY plant_sees_its_hosts ON public.tenants_domain;
DROP POLICY public_sees_all ON public.tenants_domain;
ALTER TABLE public.tenants_domain DISABLE ROW LEVEL SECURITY;
DROP POLICY plant_sees_itself ON public.tenants_tenant;
DROP POLICY public_sees_all ON public.tenants_tenant;
ALTER TABLE public.tenants_tenant DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
