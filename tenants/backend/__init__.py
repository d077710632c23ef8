"""The database engine: django-tenants' PostgreSQL backend with one database role a tenant."""
