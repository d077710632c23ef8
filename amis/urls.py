"""Every route of every host."""

from django.urls import include, path

urlpatterns = [path("accounts/", include("tenants.urls"))]
