"""Looks for the archive in which the repository keeps the images; here they are a folder."""

import os
import zipfile
from pathlib import Path

with zipfile.ZipFile(Path(os.environ["ARENA_INPUT"]) / "test_images.zip") as archive:
    print(len(archive.namelist()), "images")
