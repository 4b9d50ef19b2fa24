// BuktiVerifier
