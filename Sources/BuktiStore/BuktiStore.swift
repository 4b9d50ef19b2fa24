// BuktiStore
