"""Fetches an artifact from a registry with a client of others: fetch.py HOST REFERENCE FOLDER. Prints the files, one a line."""

import sys

import oras.client

host, reference, folder = sys.argv[1:]
client = oras.client.OrasClient(hostname=host, insecure=True)
for file in client.pull(target=reference, outdir=folder, allowed_media_type=[]):
    print(file)
