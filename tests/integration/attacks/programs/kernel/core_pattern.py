"""Sets the program that the host runs for crashes, to what it is already; it must be refused."""

from kit import breach, hand_in, text

for name in ("core_pattern", "modprobe", "hotplug", "poweroff_cmd"):
    path = f"/proc/sys/kernel/{name}"
    try:
        with open(path, "r+b", buffering=0) as file:
            # The same value: where the wall is missing the host stays as it is.
            file.write(text(path).encode())
    except OSError:
        continue
    breach(f"{name} was written")
hand_in()
