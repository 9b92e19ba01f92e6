"""Commands about this machine's devices."""

import click

from arena.cli.options import json_option
from arena.cli.output import print_json, report_error


@click.group(
    invoke_without_command=True,
    epilog="Examples:\n\n  arena devices\n\n  arena devices --watch\n\n  arena devices --json\n\n"
    "  arena devices calibrate\n\n  arena devices clear cpu-slot-0",
)
@click.option("--watch", is_flag=True, help="Show it anew each second, until Ctrl-C.")
@json_option
@click.pass_context
def devices(ctx: click.Context, watch: bool, as_json: bool) -> None:
    """Show this machine's GPUs and CPU slots, and who holds them.

    Why there is no GPU, or why one cannot be leased, is said on standard error.
    """
    from arena.cli.device_views import Looker, show, watch_devices

    if ctx.invoked_subcommand is not None:
        return
    if watch and as_json:
        raise click.UsageError("--watch is for people, --json prints once: give one of them.")
    with Looker.open() as looker:
        if as_json:
            print_json(looker.look().to_json())
        elif watch:
            watch_devices(looker)
        else:
            show(looker.look())


@devices.command(
    epilog="Examples:\n\n  arena devices calibrate\n\n  arena devices calibrate --device cpu-slot-0 --set-reference\n\n"
    "Run it while nothing else runs: a share of the device gives a wrong time."
)
@click.option("--device", metavar="ID", help="Only this device. Default: one of each class.")
@click.option("--set-reference", is_flag=True, help="Compare every class with this result from now on.")
@json_option
def calibrate(device: str | None, set_reference: bool, as_json: bool) -> None:
    """Measure how fast each device class is.

    A fixed workload runs five times with the runtime's Python and its torch, a minute or two a class; the median
    counts. The factor says how many times as fast as the reference a class is: a budget of 60 s on the reference is
    60 / factor on the class.
    """
    from pathlib import Path

    from arena.catalog.workspace import open_workspace
    from arena.cli.device_calibration import calibrate_devices, show_calibrations

    found, failed = calibrate_devices(open_workspace(Path.cwd()), device, as_reference=set_reference, quiet=as_json)
    if as_json:
        print_json([each.to_json() for each in found])
    else:
        show_calibrations(found)
    for error in failed:
        report_error(error, as_json=False)
    click.get_current_context().exit(failed[0].exit_code if failed else 0)


@devices.command(epilog="Example: arena devices clear GPU-8f1c2f66-8f4e-4ba5-8c3f-1f4b6b8f3a11")
@click.argument("device", metavar="ID")
@json_option
def clear(device: str, as_json: bool) -> None:
    """End a device's quarantine, when you have looked after it.

    Refused while the sandbox that last held it is seen alive. The device is seen empty before it is leased again.
    """
    from pathlib import Path

    from arena.catalog.workspace import open_workspace
    from arena.cli.device_views import clear_device

    state = clear_device(open_workspace(Path.cwd()), device)
    if as_json:
        print_json({"device": device, "health": state.health.value})
    else:
        click.echo(f"{device} is {state.health.value} now.")
