"""Settings, one module per way of running; choose with DJANGO_SETTINGS_MODULE."""
