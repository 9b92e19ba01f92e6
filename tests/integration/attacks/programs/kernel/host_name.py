"""Sets the name of the host to what it is; it must be refused, and the host's own name must not show."""

import os
import socket

from kit import hand_in, must, refused, system

name = socket.gethostname()
refused("sethostname", socket.sethostname, name)
refused("setdomainname", system, "setdomainname", b"(none)", 6)
must(f"the name is {name}", hold=name == "sandbox")
must("uname says the same", hold=os.uname().nodename == name)
hand_in()
