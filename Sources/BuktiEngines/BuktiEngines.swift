// BuktiEngines
