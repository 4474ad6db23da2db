"""Reads configuration files with the official Python SDK, and prints what it read as one JSON list.

Argument: a file with a JSON list of {"file", "profile"}. For each there is an object with the values that sign requests, or null where the SDK
refuses the file, the profile or its values.
"""

import json
import sys

import oci

KEYS = ["user", "fingerprint", "key_file", "tenancy", "region", "pass_phrase", "security_token_file"]


def read(file, profile):
    try:
        config = oci.config.from_file(file, profile)
        # A session is not validated: its signer says who signs.
        if "security_token_file" not in config:
            oci.config.validate_config(config)
    except Exception:  # whatever it is, the file is of no use to this client
        return None
    return {key: config[key] for key in KEYS if config.get(key) is not None}


with open(sys.argv[1], encoding="utf-8") as asked:
    json.dump([read(**one) for one in json.load(asked)], sys.stdout)
