// BuktiExtractor
