// BuktiTrust
