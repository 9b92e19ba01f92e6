"""What must outlive a process and be agreed between processes: leases, health of devices, the allowance's ledger."""
