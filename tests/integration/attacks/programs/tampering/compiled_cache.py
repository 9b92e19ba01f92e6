"""Overwrites compiled modules of the standard library and of the guest; it must be refused."""

import importlib.util
import json
import os
import random

from kit import HOST, hand_in, planted, refused

for module in (json, random, os):
    cached = importlib.util.cache_from_source(str(module.__file__))
    refused(f"cache {cached}", planted, cached)
refused("the guest's cache", planted, "/arena/lib/arena_guest/__pycache__/evil.pyc")
refused("a cache of the packages", os.mkdir, f"{HOST['site']}/__pycache__")
hand_in()
