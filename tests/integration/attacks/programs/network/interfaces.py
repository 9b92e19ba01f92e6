"""Lists the machine's interfaces, routes and addresses; only an empty loopback may be there."""

from kit import hand_in, must, text

names = [line.split(":")[0].strip() for line in text("/proc/net/dev").splitlines()[2:]]
must(f"interfaces {names}", hold=names == ["lo"])
must("routes", hold=len(text("/proc/net/route").splitlines()) <= 1)
must("neighbours", hold=len(text("/proc/net/arp").splitlines()) <= 1)
hand_in()
