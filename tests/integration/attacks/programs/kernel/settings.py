"""Opens every setting of the kernel below /proc/sys to write; none may be writable."""

import os

from kit import files_below, hand_in, must

writable = []
seen = 0
for path in files_below(["/proc/sys"]):
    seen += 1
    try:
        os.close(os.open(path, os.O_WRONLY))
    except OSError:
        continue
    writable.append(path)
must("settings were seen", hold=seen > 50)
must(f"writable: {writable[:10]}", hold=not writable)
hand_in()
