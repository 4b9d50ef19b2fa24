"""Makes every test vector of Bukti from fixed keys, salts and times."""
