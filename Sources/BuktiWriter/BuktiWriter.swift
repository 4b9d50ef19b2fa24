// BuktiWriter
